-- Why: reports of phones come in any order, and each field is to be that of the report that counts most of those that say
-- it. So each is kept with the weight of its report.

ALTER TABLE call_requests ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
