-- Why: how a person wants to see the list of companies is remembered by the server, not by one browser.

CREATE TABLE list_settings (
    user_id    bigint CONSTRAINT list_settings_pkey PRIMARY KEY
               CONSTRAINT list_settings_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    -- Codes of the columns after the name, in their order; NULL: the standard ones. Unknown codes are passed over.
    columns    text[],
    page_size  integer NOT NULL DEFAULT 50 CONSTRAINT list_settings_page_size_check CHECK (page_size IN (25, 50, 100, 200)),
    updated_at timestamptz NOT NULL DEFAULT now()
);
