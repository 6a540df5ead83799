"""`demo`: a service on this machine, and one story played against it over HTTP."""
