-- Why: two administrators may change how calls go at once; the second one sees both versions.

ALTER TABLE call_settings ADD COLUMN version integer NOT NULL DEFAULT 1;
