-- Why: personal data is erased for good on demand (152-ФЗ), from the audit log, too, which nothing else may change.

-- Other records whose names an event's words give away: the twin of a new company, a head organisation.
ALTER TABLE audit_events ADD COLUMN mentions uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX audit_events_mentions_idx ON audit_events USING gin (mentions) WHERE mentions <> '{}';

-- What an erased event still says: which fields had a value and which had none.
CREATE FUNCTION erased_changes(changes jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT COALESCE(jsonb_object_agg(field.key, CASE
            WHEN jsonb_typeof(field.value) = 'object' THEN (
                SELECT COALESCE(jsonb_object_agg(side.key,
                                                 CASE WHEN side.value IN ('""', 'null') THEN '""' ELSE '"[стёрто]"' END::jsonb),
                                '{}')
                FROM jsonb_each(field.value) AS side)
            ELSE '"[стёрто]"'
        END), '{}')
        FROM jsonb_each(changes) AS field
    );

-- The log stays append-only. The one change let through is made by erase_audit_of(): words become a mark, while who did
-- what to what and when stays.
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('proficrm.erasing', true) = 'on' THEN
        OLD.message := '[стёрто]';
        OLD.changes := erased_changes(OLD.changes);
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;

-- Erases the words of all events about these records (companies, contacts) and notes, and of those that mention them.
-- It works with its owner's rights: the application's own role cannot change the log.
CREATE FUNCTION erase_audit_of(records uuid[], notes bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
AS $$
DECLARE
    erased bigint;
BEGIN
    -- Not a SET clause of the function: only a superuser may write one for a setting of our own.
    PERFORM set_config('proficrm.erasing', 'on', true);
    UPDATE audit_events
    SET message = '[стёрто]', changes = erased_changes(changes)
    WHERE company_id = ANY(records)
       OR (entity IN ('company', 'contact') AND entity_id = ANY(records::text[]))
       OR (entity = 'note' AND entity_id = ANY(notes::text[]))
       OR (mentions <> '{}' AND mentions && records);
    GET DIAGNOSTICS erased = ROW_COUNT;
    PERFORM set_config('proficrm.erasing', '', true);
    RETURN erased;
END
$$;

-- The report of an import is found by the record that a row of it made.
CREATE INDEX import_rows_entity_id_idx ON import_rows (entity_id) WHERE entity_id IS NOT NULL;
