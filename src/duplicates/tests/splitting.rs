//! Cards are parted again, as they were.

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::merging::merge;
use super::{Team, team};
use crate::values::CompanyId;
use crate::verify::broken;

/// The address of the newest merge of companies.
async fn newest(team: &Team) -> String {
    let id = team
        .value("SELECT id FROM merges WHERE entity = 'company' ORDER BY merged_at DESC, id DESC LIMIT 1")
        .await;
    format!("/duplicates/merges/{id}/")
}

async fn split(team: &mut Team) -> String {
    let path = newest(team).await;
    let page = team.admin.get(&path).await;
    page.expect(200);
    let answer = team.admin.post(&format!("{path}split/"), &[]).await;
    let card = answer.expect_redirect();
    team.admin.get(&card).await.texts(".toast").join(" ")
}

/// Fields that are left to chance.
const COLUMNS: [&str; 9] = [
    "legal_name",
    "kpp",
    "ogrn",
    "website",
    "activity_kind",
    "contact_name",
    "working_hours",
    "address",
    "inn",
];

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn chance(team: &Team, random: &mut StdRng) -> Vec<CompanyId> {
    let count = random.random_range(2..=5_u32);
    let mut ids = Vec::new();
    for seed in 0..count {
        let id = team.full_card(&format!("Карточка {seed}"), 10 + seed).await;
        for column in COLUMNS {
            let value = match random.random_range(0..3) {
                0 => String::new(),
                1 => format!("общее {column}"),
                _ => format!("{column} {seed}"),
            };
            let value: String = value.chars().take(20).collect();
            team.execute(format!("UPDATE companies SET {column} = '{value}' WHERE id = '{id}'"))
                .await;
        }
        let owner = team.stranger.user.expect("a person");
        let more = [
            format!("UPDATE companies SET responsible_id = {owner}, branch_id = NULL WHERE id = '{id}'"),
            format!(
                "UPDATE companies SET status_id = {}, lead_state = 'cold' WHERE id = '{id}'",
                1 + seed % 3
            ),
            format!(
                "UPDATE companies SET do_not_call_at = '2026-02-0{}', do_not_call_reason = 'Просили' WHERE id = '{id}'",
                1 + seed
            ),
            format!(
                "UPDATE companies SET amocrm_company_id = NULL, imported_fields = '{{\"website\": \"x\", \"phones\": [\"{seed}\"]}}' WHERE id = '{id}'"
            ),
            format!(
                "UPDATE companies SET contract_type = 'frame', contract_until = '2027-01-0{}' WHERE id = '{id}'",
                1 + seed
            ),
            format!("UPDATE notes SET pinned_at = NULL WHERE company_id = '{id}'"),
            format!("UPDATE company_phones SET comment = 'касса {seed}' WHERE company_id = '{id}'"),
            format!("UPDATE company_emails SET comment = 'склад {seed}' WHERE company_id = '{id}'"),
            format!(
                "UPDATE contact_phones SET comment = 'до {seed}' FROM contacts
                 WHERE contacts.id = contact_id AND company_id = '{id}'"
            ),
            format!(
                "INSERT INTO deletion_requests (company_id, company_name, requested_by, reason, created_at) VALUES ('{id}', 'К', {owner}, 'Дубль', now())"
            ),
            format!("UPDATE contacts SET note = 'Примечание {seed}', status = 'ЛПР' WHERE company_id = '{id}'"),
        ];
        for sql in more {
            if random.random_bool(0.4) {
                team.execute(sql).await;
            }
        }
        // One that all have, one of its own.
        team.execute(format!(
            "INSERT INTO letters (id, company_id, contact_id, author_id, direction, source, sent_at, from_name, from_address,
                                  subject, text, message_id, recorded_at)
             SELECT gen_random_uuid(), '{id}', (SELECT min(id::text)::uuid FROM contacts WHERE company_id = '{id}'), {owner},
                    'in', 'hand', '2026-01-05', '', 'belozerov{seed}@romashka.example', 'Счёт', 'Слова', key, '2026-01-05'
             FROM unnest(ARRAY['common@x', 'own{seed}@x', NULL]) AS key"
        ))
        .await;
        // Under one of those before, above one of them, or with a branch of its own.
        if let Some(other) = ids.last().filter(|_| random.random_bool(0.5)) {
            let (child, head) = if random.random_bool(0.5) {
                (*other, id)
            } else {
                (id, *other)
            };
            team.execute(format!(
                "UPDATE companies SET head_company_id = '{head}' WHERE id = '{child}' AND head_company_id IS NULL"
            ))
            .await;
        }
        if random.random_bool(0.5) {
            let child = team.app.company(&format!("Филиал {seed}")).create(&team.app).await;
            team.execute(format!(
                "UPDATE companies SET head_company_id = '{id}' WHERE id = '{child}'"
            ))
            .await;
        }
        ids.push(id);
    }
    team.execute(
        "UPDATE companies SET head_company_id = NULL
         WHERE id IN (WITH RECURSIVE chain AS (
                          SELECT id AS start, head_company_id AS head, 1 AS depth FROM companies
                          UNION ALL
                          SELECT chain.start, company.head_company_id, chain.depth + 1
                          FROM chain JOIN companies AS company ON company.id = chain.head WHERE chain.depth < 10)
                      SELECT start FROM chain WHERE head = start);
         UPDATE companies SET search = company_search(companies)"
            .to_owned(),
    )
    .await;
    ids
}

#[tokio::test]
async fn whatever_the_cards_merging_and_parting_leave_every_table_as_it_was() {
    for seed in 0..8 {
        let mut team = team().await;
        let mut random = StdRng::seed_from_u64(seed);
        let ids = chance(&team, &mut random).await;
        assert_eq!(broken(&team.app).await, [""; 0], "seed {seed}");
        let before = team.hashes().await;
        let query: Vec<String> = ids[1..].iter().map(|id| format!("with={id}")).collect();
        let page = team
            .admin
            .get(&format!("/companies/{}/merge/?{}", ids[0], query.join("&")))
            .await;
        page.expect(200);
        let mut picks: Vec<(String, String)> =
            vec![("keep".to_owned(), ids[random.random_range(0..ids.len())].to_string())];
        for field in [
            "name",
            "inn",
            "website",
            "address",
            "contract",
            "responsible",
            "status",
            "lead_state",
        ] {
            if random.random_bool(0.6) {
                picks.push((
                    format!("take-{field}"),
                    ids[random.random_range(0..ids.len())].to_string(),
                ));
            }
        }
        if let Some(pair) = page
            .attribute("input[name=people]", "value")
            .filter(|_| random.random_bool(0.6))
        {
            picks.push(("people".to_owned(), pair));
        }
        let picks: Vec<(&str, &str)> = picks
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        team.app.pass(TimeDelta::minutes(5));
        merge(&mut team.admin, &ids, &picks).await.expect_redirect();
        assert_eq!(broken(&team.app).await, [""; 0], "seed {seed}");
        assert_ne!(team.hashes().await, before, "seed {seed}");
        team.app.pass(TimeDelta::hours(3));
        let said = split(&mut team).await;
        assert!(said.contains("всё вернулось на свои места"), "seed {seed}: {said}");
        assert_eq!(team.hashes().await, before, "seed {seed}");
        assert_eq!(broken(&team.app).await, [""; 0], "seed {seed}");
    }
}

#[tokio::test]
async fn a_kept_card_that_lay_in_the_trash_is_parted_as_if_it_had_not() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let three = team.full_card("Пион", 3).await;
    team.execute(format!(
        "UPDATE companies SET head_company_id = '{one}' WHERE id = '{two}';
         INSERT INTO tasks (id, title, company_id, assignee_id, created_at, updated_at)
         SELECT gen_random_uuid(), 'Задача ' || n, '{three}', {}, '2026-11-01', '2026-11-01' FROM generate_series(1, 30) AS n",
        team.manager.user.expect("a person")
    ))
    .await;
    // Whoever is concerned is told of the deletion and of the way back, and keeps that.
    let told = |hashes: Vec<(String, String)>| -> Vec<(String, String)> {
        let other = hashes.into_iter().filter(|(table, _)| table != "notifications");
        other.collect()
    };
    let before = told(team.hashes().await);
    let page = team
        .admin
        .get(&format!("/companies/{one}/merge/?with={two}&with={three}"))
        .await;
    page.expect_text("Перейдут с карточек: 4 контакта, 10 заметок, 36 задач");
    merge(&mut team.admin, &[one, two, three], &[]).await.expect_redirect();
    let counts = "SELECT concat_ws(' ', (SELECT count(*) FROM tasks WHERE company_id = companies.id),
                                   (SELECT count(*) FROM task_series WHERE company_id = companies.id),
                                   (SELECT count(*) FROM task_comments),
                                   (SELECT count(*) FROM files JOIN notes ON notes.id = note_id),
                                   (SELECT count(*) FROM files JOIN task_comments ON task_comments.id = comment_id))
                  FROM companies";
    assert_eq!(team.value(counts).await, "39 3 3 3 3");
    let merged = told(team.hashes().await);

    team.app.pass(TimeDelta::hours(1));
    let fields = [("reason", "Закрылась"), ("sure", "1")];
    team.admin
        .post(&format!("/companies/{one}/delete/"), &fields)
        .await
        .expect_redirect();
    assert_eq!(team.value("SELECT count(*) FROM companies").await, "0");
    let path = newest(&team).await;
    let refused = team.admin.post(&format!("{path}split/"), &[]).await;
    refused.expect(422).expect_text("лежит в корзине");
    let lies = team.value("SELECT id FROM trash").await;
    team.admin
        .post(&format!("/settings/trash/{lies}/restore/"), &[])
        .await
        .expect_redirect();
    assert_eq!(told(team.hashes().await), merged);

    let said = split(&mut team).await;
    assert!(said.contains("всё вернулось на свои места"), "{said}");
    assert_eq!(told(team.hashes().await), before);
    assert_eq!(broken(&team.app).await, [""; 0]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn what_was_edited_since_stays_and_is_named() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let other = team.app.company("Другая").create(&team.app).await;
    let keep = two.to_string();
    merge(
        &mut team.admin,
        &[one, two],
        &[("take-website", &keep), ("take-address", &keep)],
    )
    .await
    .expect_redirect();
    team.app.pass(TimeDelta::minutes(1));
    let fields = [("website", "new.example"), ("seen", "")];
    let page = team.admin.get(&format!("/companies/{one}/fields/website/")).await;
    let seen = page.attribute("input[name=seen]", "value").unwrap_or_default();
    let fields = [fields[0], ("seen", seen.as_str())];
    team.admin
        .post(&format!("/companies/{one}/fields/website/"), &fields)
        .await
        .expect_redirect();
    team.admin
        .post(&format!("/companies/{one}/notes/add/"), &[("text", "Новая заметка")])
        .await
        .expect_redirect();
    team.execute(format!(
        "UPDATE contacts SET company_id = '{other}' WHERE last_name = 'Тарасенко2';
         UPDATE company_phones SET comment = 'склад' WHERE company_id = '{one}' AND digits = '3432871202';
         DELETE FROM notes WHERE id = (SELECT min(id) + 6 FROM notes);
         UPDATE companies SET search = company_search(companies)"
    ))
    .await;
    let page = newest(&team).await;
    let page = team.admin.get(&page).await;
    page.expect_text("Вернётся не всё").expect_text("не меняется: сайт");
    let said = split(&mut team).await;
    for words in [
        "не меняется: сайт",
        "К «Лютик» не вернётся: 1 контакт",
        "изменили или убрали 1 номер",
        "Добавленное после объединения остаётся",
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let value = |column: &str, id: CompanyId| format!("SELECT {column} FROM companies WHERE id = '{id}'");
    assert_eq!(team.value(&value("website", one)).await, "new.example");
    assert_eq!(team.value(&value("address", one)).await, "Хохрякова, 1");
    assert_eq!(team.value(&value("website", two)).await, "site2.example");
    let phones =
        |id| format!("SELECT string_agg(digits, ' ' ORDER BY position) FROM company_phones WHERE company_id = '{id}'");
    assert_eq!(team.value(&phones(one)).await, "3432871240 3432871201 3432871202");
    assert_eq!(team.value(&phones(two)).await, "3432871240 3432871202");
    team.admin
        .get(&format!("/companies/{two}/"))
        .await
        .expect(200)
        .expect_text("снова отдельные");
    assert_eq!(broken(&team.app).await, [""; 0]);
    // The second press.
    let path = newest(&team).await;
    team.admin
        .post(&format!("{path}split/"), &[])
        .await
        .expect(422)
        .expect_text("разъединили раньше");
}

#[tokio::test]
async fn a_later_merge_is_parted_first_and_old_addresses_lead_through_both() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let three = team.full_card("Пион", 3).await;
    let before = team.hashes().await;
    merge(&mut team.admin, &[two, one], &[]).await.expect_redirect();
    let first = newest(&team).await;
    team.app.pass(TimeDelta::minutes(1));
    merge(&mut team.admin, &[three, two], &[]).await.expect_redirect();
    let answer = team.admin.get(&format!("/companies/{one}/")).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{three}/"));
    let refused = team.admin.post(&format!("{first}split/"), &[]).await;
    refused.expect(422).expect_text("потом объединили с «Пион»");
    split(&mut team).await;
    team.admin.post(&format!("{first}split/"), &[]).await.expect_redirect();
    assert_eq!(team.hashes().await, before);
    assert_eq!(broken(&team.app).await, [""; 0]);
}

#[tokio::test]
async fn after_thirty_days_nothing_is_kept_and_addresses_still_lead() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
    let path = newest(&team).await;
    team.app.pass(TimeDelta::days(30));
    crate::merges::clean(&team.app).await.expect("cleaning");
    team.admin = team.app.signed_in("admin").await;
    assert_eq!(team.value("SELECT count(kept) FROM merges").await, "0");
    team.admin
        .get(&path)
        .await
        .expect(200)
        .expect_text("Разъединить уже нельзя");
    team.admin.post(&format!("{path}split/"), &[]).await.expect(422);
    team.admin.get(&format!("/companies/{two}/")).await.expect_redirect();
    team.admin
        .get(&format!("/companies/{one}/"))
        .await
        .expect_no_text("Разъединить…");
}

#[tokio::test]
async fn a_denied_pair_is_carried_to_the_kept_card_and_back() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let three = team.full_card("Пион", 3).await;
    team.find().await;
    let ids = [two, three].map(|id| id.to_string());
    let fields = [("id", ids[0].as_str()), ("id", ids[1].as_str()), ("act", "deny")];
    team.admin.post("/duplicates/", &fields).await.expect_redirect();
    let before = team.hashes().await;
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
    assert_eq!(team.value("SELECT count(*) FROM duplicate_denials").await, "2");
    team.find().await;
    assert_eq!(team.groups().await, "");
    split(&mut team).await;
    assert_eq!(team.hashes().await, before);
}
