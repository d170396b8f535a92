-- Why: whoever takes a person out of a company may change that person as the maker may, or could not bring it back.

ALTER TABLE contacts ADD COLUMN released_by bigint CONSTRAINT contacts_released_by_fkey REFERENCES users (id);
CREATE INDEX contacts_released_by_idx ON contacts (released_by) WHERE released_by IS NOT NULL;
