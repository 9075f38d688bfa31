-- Reads of personal data and searches are removed when they are old enough: found by when they were made.
CREATE INDEX personal_read_by_time ON personal_read (at);
CREATE INDEX person_search_by_time ON person_search (at);
