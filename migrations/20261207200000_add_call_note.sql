-- Why: whoever calls again reads what was written of the last talk. A call outlives its card, and so the note: no reference.

ALTER TABLE call_requests ADD COLUMN note_id bigint;
