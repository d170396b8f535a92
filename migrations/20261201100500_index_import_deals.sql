-- Why: undoing an import asks of each note that it wrote whether that is the note of a deal as it was left.

CREATE INDEX import_deals_note_id_idx ON import_deals (note_id) WHERE note_id IS NOT NULL;
