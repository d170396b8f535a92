-- Why: who changed what, when, old and new; written in the transaction of the change and never rewritten.

CREATE TABLE audit_events (
    id          uuid CONSTRAINT audit_events_pkey PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    -- NULL: the system itself (a job, a command).
    actor_id    bigint CONSTRAINT audit_events_actor_id_fkey REFERENCES users (id),
    verb        text NOT NULL CONSTRAINT audit_events_verb_check CHECK (char_length(verb) <= 64),
    entity      text NOT NULL CONSTRAINT audit_events_entity_check CHECK (char_length(entity) <= 32),
    entity_id   text NOT NULL CONSTRAINT audit_events_entity_id_check CHECK (char_length(entity_id) <= 64),
    -- No foreign key: the event outlives its company.
    company_id  uuid,
    message     text NOT NULL DEFAULT '',
    -- {"field": {"old": …, "new": …}}
    changes     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_events_company_id_at_idx ON audit_events (company_id, at DESC, id DESC) WHERE company_id IS NOT NULL;
CREATE INDEX audit_events_at_idx ON audit_events (at DESC, id DESC);
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, at DESC);
CREATE INDEX audit_events_entity_idx ON audit_events (entity, entity_id, at DESC);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
