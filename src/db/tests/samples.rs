//! A row of each table, as it is made once that table exists.

/// What a base has in it once a migration is through: the later ones must get along with such rows.
pub(super) const SAMPLES: &[(i64, &str)] = &[
    (
        20_261_123_100_100,
        "INSERT INTO branches (id, code, name) VALUES (900, 'sample', 'Образец');
             INSERT INTO users (id, username, first_name, last_name, role, branch_id)
             VALUES (900, 'sample', 'Образец', 'Образцов', 'manager', 900), (901, 'no_branch', '', '', 'admin', NULL);
             INSERT INTO sessions (id, token_hash, user_id, expires_at)
             VALUES ('00000000-0000-7000-8000-000000000001', '\\x01', 900, now());
             INSERT INTO sign_in_limits (key, tries, window_started_at) VALUES ('ip:192.0.2.1', 3, now());
             INSERT INTO submitted_forms (key, user_id) VALUES ('00000000-0000-7000-8000-000000000002', 900);",
    ),
    (
        20_261_123_100_200,
        "INSERT INTO audit_events (id, actor_id, verb, entity, entity_id, company_id, changes)
             VALUES ('00000000-0000-7000-8000-000000000003', 900, 'create', 'company',
                     '00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000004', '{}');",
    ),
    (
        20_261_123_100_400,
        "INSERT INTO companies (id, name, inn, name_key, responsible_id, branch_id, created_by, status_id)
             SELECT '00000000-0000-7000-8000-000000000004', 'ООО «Ёлочка»', '7707083893', 'елочка', 900, 900, 900,
                    (SELECT min(id) FROM company_statuses);
             INSERT INTO companies (id, name, name_key, head_company_id, lead_state)
             VALUES ('00000000-0000-7000-8000-000000000005', 'Ничья', 'ничья',
                     '00000000-0000-7000-8000-000000000004', 'cold');
             INSERT INTO company_phones (company_id, position, raw, digits)
             VALUES ('00000000-0000-7000-8000-000000000004', 0, '8 912 345-67-89', '9123456789');
             INSERT INTO company_emails (company_id, position, value)
             VALUES ('00000000-0000-7000-8000-000000000004', 0, 'Info@Elochka.example');
             INSERT INTO company_sphere_links (company_id, sphere_id)
             SELECT '00000000-0000-7000-8000-000000000004', min(id) FROM company_spheres;",
    ),
    (
        20_261_123_100_500,
        "INSERT INTO contacts (id, company_id, first_name, last_name, created_by)
             VALUES ('00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000004',
                     'Марья', 'Искусница', 900);
             INSERT INTO contact_phones (contact_id, position, raw, digits)
             VALUES ('00000000-0000-7000-8000-000000000006', 0, '+7 343 000-00-00', '3430000000');
             INSERT INTO contact_emails (contact_id, position, value)
             VALUES ('00000000-0000-7000-8000-000000000006', 0, 'maria@elochka.example');",
    ),
    (
        20_261_123_100_600,
        "INSERT INTO notes (company_id, author_id, text, pinned_at, pinned_by)
             VALUES ('00000000-0000-7000-8000-000000000004', 900, 'Звонили', now(), 900);",
    ),
    (
        20_261_123_100_800,
        "INSERT INTO imports (id, started_by, file_name, file_sha256, is_dry_run)
             VALUES ('00000000-0000-7000-8000-000000000007', 900, 'a.csv', 'ab', false);
             INSERT INTO import_rows (import_id, ordinal, line, verdict)
             VALUES ('00000000-0000-7000-8000-000000000007', 0, 2, 'created');",
    ),
    (
        20_261_124_120_000,
        "INSERT INTO company_words (word) VALUES ('елочка');
             INSERT INTO company_words_gathered (until) VALUES (now());",
    ),
    (
        20_261_125_120_100,
        "INSERT INTO files (id, note_id, key, name, size, content_type, sha256, uploaded_by)
             SELECT '00000000-0000-7000-8000-00000000000a', max(id), repeat('a', 32), 'Счёт.pdf', 1, 'application/pdf',
                    repeat('b', 64), 900
             FROM notes;
             INSERT INTO file_disposals (key, due_at) VALUES (repeat('c', 32), now());",
    ),
    (
        20_261_125_130_000,
        "INSERT INTO trash (id, entity, entity_id, title, deleted_by, deleted_at, purge_at, contents, rows)
             VALUES ('00000000-0000-7000-8000-000000000008', 'contact', '00000000-0000-7000-8000-000000000009',
                     'Прежний', 900, now(), now(), '{}', '[]');
             INSERT INTO deletion_requests (company_id, company_name, requested_by, reason, created_at)
             VALUES ('00000000-0000-7000-8000-000000000004', 'ООО «Ёлочка»', 900, 'Дубль', now());",
    ),
    (
        20_261_125_160_100,
        "INSERT INTO second_factors (user_id, sealed_secret, last_step, turned_on_at) VALUES (900, 'sealed', 1, now());
             INSERT INTO recovery_codes (user_id, code_hash) VALUES (900, 'hash');
             INSERT INTO pending_sign_ins (token_hash, user_id, expires_at) VALUES ('hash', 900, now());",
    ),
    (
        20_261_126_130_100,
        "INSERT INTO second_factor_rules (role, required_at) VALUES ('sales_head', now());",
    ),
    (
        20_261_125_150_200,
        "INSERT INTO task_types (name, position) VALUES ('Звонок', 1);",
    ),
    (
        20_261_126_100_100,
        "INSERT INTO saved_filters (user_id, name, query, created_at) VALUES (900, 'Мои тёплые', 'cold_call=0', now());
             UPDATE list_settings SET opens_with = (SELECT max(id) FROM saved_filters);",
    ),
    (
        20_261_126_100_000,
        "INSERT INTO bulk_acts (id, actor_id, wish, title, state, created_at, done_at, undone_at, undone_by)
             VALUES ('00000000-0000-7000-8000-00000000000b', 900, '{\"status\": null}', 'Убрать статус', 'undone', now(),
                     now(), now(), 900);
             INSERT INTO bulk_rows (act_id, company_id, verdict, version, old_status, old_spheres)
             VALUES ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-000000000004', 'undone', 1, 1,
                     '{1,2}');",
    ),
    (
        20_261_126_120_100,
        "INSERT INTO dictionary_replacements (kind, old_key, old_name, new_key, begun_at)
             VALUES ('statuses', '900', 'Прежний', '1', now());",
    ),
    (
        20_261_125_100_000,
        "INSERT INTO list_settings (user_id, columns) VALUES (900, '{inn,phone}');",
    ),
    (
        20_261_127_120_200,
        "INSERT INTO merges (id, entity, kept_id, merged, names, merged_by, merged_at, split_until, kept)
             VALUES ('00000000-0000-7000-8000-00000000000c', 'company', '00000000-0000-7000-8000-000000000004',
                     '{00000000-0000-7000-8000-00000000000d}', '{Ёлочка,Ель}', 900, now(), now(),
                     '{\"snapshots\": [], \"payload\": {}}');
             INSERT INTO merged_records (record_id, entity, merge_id, kept_id, amo_id)
             VALUES ('00000000-0000-7000-8000-00000000000d', 'company', '00000000-0000-7000-8000-00000000000c',
                     '00000000-0000-7000-8000-000000000004', 7);",
    ),
    (
        20_261_127_120_100,
        "INSERT INTO duplicate_pairs (one, two, reasons, strength)
             VALUES ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000005', 1, 100);
             INSERT INTO duplicate_groups (id, reasons, strength) VALUES ('00000000-0000-7000-8000-000000000004', 1, 100);
             INSERT INTO duplicate_members (company_id, group_id)
             VALUES ('00000000-0000-7000-8000-000000000005', '00000000-0000-7000-8000-000000000004');
             INSERT INTO duplicate_denials (one, two, denied_by, denied_at)
             VALUES ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000005', 900, now());",
    ),
    (
        20_261_127_110_000,
        "INSERT INTO import_records (import_id, entity, record_id, line, is_created, version, updated_after)
             VALUES ('00000000-0000-7000-8000-000000000007', 'company', '00000000-0000-7000-8000-000000000004', 2, true, 1,
                     now());
             INSERT INTO import_changes (import_id, ordinal, line, entity, record_id, field, old, new)
             VALUES ('00000000-0000-7000-8000-000000000007', 320, 2, 'company', '00000000-0000-7000-8000-000000000004',
                     'address', 'Тула', 'Тверь');
             INSERT INTO import_undo_rows (import_id, ordinal, entity, record_id, title, verdict)
             VALUES ('00000000-0000-7000-8000-000000000007', 1, 'company', '00000000-0000-7000-8000-000000000004',
                     'Ёлочка', 'left');",
    ),
    (
        20_261_126_140_000,
        "INSERT INTO system_copies (id, kind, state, slot, started_at, finished_at, path, bytes)
             VALUES ('00000000-0000-7000-8000-00000000000b', 'nightly', 'done', now(), now(), now(), '/a.tar', 1);",
    ),
    (
        20_261_201_100_200,
        "INSERT INTO task_acts (id, actor_id, wish) VALUES ('00000000-0000-7000-8000-000000000011', 900, '{\"days\": 1}');
             INSERT INTO task_act_rows (act_id, task_id, verdict, version, title, assignee_id, is_all_day)
             VALUES ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-00000000000f', 'will', 1, 'Образец',
                     900, false);",
    ),
    (
        20_261_201_100_000,
        "INSERT INTO task_types (id, name) VALUES (900, 'Образец');
             INSERT INTO task_series (id, rule, starts_at, zone, title, company_id, type_id, author_id, assignee_id, reached)
             VALUES ('00000000-0000-7000-8000-00000000000e', 'FREQ=DAILY', '2026-12-01 10:00', 'Europe/Moscow', 'Образец',
                     '00000000-0000-7000-8000-000000000004', 900, 900, 900, '2026-12-01 10:00');
             INSERT INTO tasks (id, title, company_id, type_id, author_id, assignee_id, due_at, series_id, occurrence)
             VALUES ('00000000-0000-7000-8000-00000000000f', 'Образец', '00000000-0000-7000-8000-000000000004', 900, 900,
                     900, now(), '00000000-0000-7000-8000-00000000000e', '2026-12-01 10:00');
             INSERT INTO task_comments (id, task_id, author_id, text)
             VALUES ('00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-00000000000f', 900, 'Образец');",
    ),
    (
        20_261_201_110_000,
        "INSERT INTO calendar_feeds (user_id, salt, token_hash, issued_at)
             VALUES (900, '00000000-0000-7000-8000-000000000011', 'hash', now());
             INSERT INTO calendar_readings (key, since, count) VALUES ('ip:192.0.2.1', now(), 1);",
    ),
    (
        20_261_201_140_000,
        "INSERT INTO task_imports (id, created_by, file_name, options, events, created_at)
             VALUES ('00000000-0000-7000-8000-000000000012', 900, 'amo.ics', '{}', '[]', now());",
    ),
    (
        20_261_127_130_000,
        "INSERT INTO exports (user_id, what, format, reason, state, started_at)
             VALUES (900, 'both', 'xlsx', 'Образец', 'done', now());",
    ),
    (
        20_261_127_130_100,
        "INSERT INTO reading_alarms VALUES (900, '2026-11-27', 12, true, 200, now());
             INSERT INTO card_openings VALUES (900, '2026-11-27', gen_random_uuid(), 4096);",
    ),
    (
        20_261_201_130_000,
        "INSERT INTO jobs (id, queue, kind, payload, run_at, max_attempts, created_at)
             VALUES ('00000000-0000-7000-8000-00000000000f', 'default', 'run_work', '{}', now(), 3, now());
             INSERT INTO job_slots (name, slot, locked_by, locked_until) VALUES ('purge_trash', now(), '1', now());
             INSERT INTO schedule (name, started_at, took_ms, runner) VALUES ('purge_trash', now(), 1, '1');",
    ),
    (
        20_261_201_120_000,
        "INSERT INTO notifications (id, user_id, kind, title, dedup_key, created_at)
             VALUES ('00000000-0000-7000-8000-00000000000e', 900, 'note_added', 'Новая заметка', 'note:1', now());
             INSERT INTO notification_settings (user_id, kind, in_bell) VALUES (900, 'note_added', false);",
    ),
    (
        20_261_127_100_000,
        "INSERT INTO import_deals (uid, import_id, owner_id, note_id, text_sha256)
             VALUES ('amo:1', '00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000004', 1,
                     repeat('a', 64));",
    ),
    (
        20_261_127_100_100,
        "INSERT INTO import_drafts (id, created_by, file_key, due_at, file_name, columns, options, fingerprint)
             VALUES ('00000000-0000-7000-8000-00000000000b', 900, repeat('d', 32), now(), 'a.csv', '[]', '{}', 'ab');
             INSERT INTO import_presets (fingerprint, file_name, options, saved_by)
             VALUES ('ab', 'a.csv', '{}', 900);",
    ),
    (
        20_261_203_100_100,
        "INSERT INTO phone_devices (id, user_id, device_id) VALUES ('00000000-0000-7000-8000-0000000000a1', 900, 'sample');
             INSERT INTO phone_pairings (id, token_hash, user_id, expires_at)
             VALUES ('00000000-0000-7000-8000-0000000000a2', '\\x01', 900, now());
             INSERT INTO phone_logs (user_id, kind, payload) VALUES (900, 'log', 'sample');",
    ),
    (
        20_261_204_150_200,
        "INSERT INTO app_releases (id, version_code, version_name, package, key, size, sha256, uploaded_by, uploaded_at)
             VALUES ('00000000-0000-7000-8000-0000000000b1', 7, '0.7.0', 'ru.example.dialer', repeat('e', 32), 1,
                     repeat('a', 64), 900, now());",
    ),
    (
        20_261_203_100_200,
        "INSERT INTO call_requests (id, user_id, created_by, phone, click_key, expires_at)
             VALUES ('00000000-0000-7000-8000-0000000000a3', 900, 900, '+79123456789',
                     '00000000-0000-7000-8000-0000000000a4', now());
             INSERT INTO call_steps (call_id, step) VALUES ('00000000-0000-7000-8000-0000000000a3', 'pending');",
    ),
    (
        20_261_204_110_000,
        "INSERT INTO letters (id, company_id, author_id, direction, source, sent_at, from_name, from_address, subject, text)
             VALUES ('00000000-0000-7000-8000-0000000000a5', '00000000-0000-7000-8000-000000000004', 900, 'in', 'hand', now(),
                     'Образец', 'sample@example.com', 'Образец', 'Образец');",
    ),
    (
        20_261_203_100_300,
        "INSERT INTO cold_marks (call_id, company_id, marked_by)
             VALUES ('00000000-0000-7000-8000-0000000000a3', '00000000-0000-7000-8000-000000000004', 900);",
    ),
];
