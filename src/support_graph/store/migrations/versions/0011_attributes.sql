-- In which order a contact's attributes were last sent, the latest last, so that the oldest give way.
-- What is there already counts as sent before all that is sent from now on.

ALTER TABLE contacts ADD COLUMN sent TEXT[] DEFAULT '{}' NOT NULL;
