-- Why: the app for people's phones, by version, so that nobody has to look for the file elsewhere. Its bytes lie in the store
-- under a key that a row of file_disposals names, far in the future while the version is offered.

CREATE TABLE app_releases (
    id            uuid CONSTRAINT app_releases_pkey PRIMARY KEY,
    -- By which Android tells newer from older; read from the file itself, like the name.
    version_code  bigint NOT NULL CONSTRAINT app_releases_version_code_check CHECK (version_code > 0),
    version_name  text NOT NULL CONSTRAINT app_releases_version_name_check CHECK (char_length(version_name) BETWEEN 1 AND 64),
    -- The app's own name among apps: another one would be a second app on the phone.
    package       text NOT NULL CONSTRAINT app_releases_package_check CHECK (char_length(package) BETWEEN 1 AND 255),
    key           text NOT NULL CONSTRAINT app_releases_key_key UNIQUE CONSTRAINT app_releases_key_check CHECK (key ~ '^[0-9a-f]{32}$'),
    size          bigint NOT NULL CONSTRAINT app_releases_size_check CHECK (size > 0),
    sha256        text NOT NULL CONSTRAINT app_releases_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    uploaded_by   bigint CONSTRAINT app_releases_uploaded_by_fkey REFERENCES users (id),
    uploaded_at   timestamptz NOT NULL,
    -- Nobody gets it any more; its bytes go a month later.
    withdrawn_at  timestamptz
);
-- Of those that are offered the greatest code is the current one.
CREATE UNIQUE INDEX app_releases_version_code_key ON app_releases (version_code) WHERE withdrawn_at IS NULL;
CREATE INDEX app_releases_uploaded_by_idx ON app_releases (uploaded_by);
