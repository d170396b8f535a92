-- Why: comments of tasks hold files as notes do, and may be nothing but files.

ALTER TABLE files ADD COLUMN comment_id uuid CONSTRAINT files_comment_id_fkey REFERENCES task_comments (id);
-- Sent, and not yet put anywhere: its key has a disposal too.
ALTER TABLE files ADD COLUMN is_lone boolean NOT NULL GENERATED ALWAYS AS (note_id IS NULL AND comment_id IS NULL) STORED;
ALTER TABLE files ADD CONSTRAINT files_holder_check CHECK (note_id IS NULL OR comment_id IS NULL);
CREATE INDEX files_comment_id_idx ON files (comment_id, position) WHERE comment_id IS NOT NULL;
DROP INDEX files_lone_idx;
CREATE INDEX files_lone_idx ON files (uploaded_by) WHERE is_lone;

ALTER TABLE task_comments DROP CONSTRAINT task_comments_text_check;
ALTER TABLE task_comments ADD CONSTRAINT task_comments_text_check CHECK (char_length(text) <= 5000);
