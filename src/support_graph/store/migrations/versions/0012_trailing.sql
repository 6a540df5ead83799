-- What the latest answers of humans say that a calibration is too modest by, in log-odds: as it is
-- learned, and as it was in force when a turn was judged. Nothing had been shifted before.

ALTER TABLE calibrations ADD COLUMN shift DOUBLE PRECISION DEFAULT 0 NOT NULL;
ALTER TABLE labels ADD COLUMN shift DOUBLE PRECISION DEFAULT 0 NOT NULL;
