-- Why: a note may be files alone. That it is not empty is held by its action and checked by verify.

ALTER TABLE notes DROP CONSTRAINT notes_text_check;
ALTER TABLE notes ADD CONSTRAINT notes_text_check CHECK (char_length(text) <= 20000);
