-- Why: the log is read by kind of object and by kind of act, each newest first, at ten million rows.

CREATE INDEX audit_events_entity_at_idx ON audit_events (entity, at DESC, id DESC);
CREATE INDEX audit_events_verb_at_idx ON audit_events (verb, at DESC, id DESC);
