-- Why: a branch that is closed is chosen for nobody new, and stays where it stands.

ALTER TABLE branches ADD COLUMN is_active boolean NOT NULL DEFAULT true;
