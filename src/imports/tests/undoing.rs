//! A whole import is taken back.

use super::super::actions;
use super::super::model::UndoState;
use super::super::undo::Verdict;
use super::{counts, execute, file, generated_by, import, value};
use crate::error::Error;
use crate::policy::{Actor, Role};
use crate::testing::TestApp;
use crate::values::ImportId;

/// A hash of each table but those of imports, the log, and what waits to be cleared away. A version grows with each
/// change, also with one that takes another back: a form opened meanwhile must not slip through.
async fn hashes(app: &TestApp) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'import%'
           AND relname NOT IN ('audit_events', 'file_disposals', '_sqlx_migrations')
         ORDER BY 1",
    )
    .fetch_all(&app.app.db)
    .await
    .expect("tables");
    let mut hashes = Vec::new();
    for table in tables {
        let sql = format!(
            "SELECT COALESCE(md5(string_agg(line, E'\\n' ORDER BY line)), '')
             FROM (SELECT (to_jsonb(row) - 'version')::text AS line FROM {table} AS row) AS lines"
        );
        let hash: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&app.app.db)
            .await
            .expect("a hash");
        hashes.push((table, hash));
    }
    hashes
}

/// Undoes an import, or only finds out what that would do.
async fn undo(app: &TestApp, id: ImportId, is_real: bool) -> Vec<(Verdict, i64)> {
    let system = Actor::system();
    actions::undo(app, &system, id, is_real).await.expect("it begins");
    ended(app, id).await
}

async fn ended(app: &TestApp, id: ImportId) -> Vec<(Verdict, i64)> {
    let system = Actor::system();
    for _ in 0..600 {
        actions::go_on(app).await.expect("orphans go on");
        let state = actions::find(app, &system, id).await.expect("it").undo.state;
        assert_ne!(state, UndoState::Failed);
        if !state.is_at_work() {
            let mut counts = actions::undo_counts(app, &system, id).await.expect("counts").1;
            counts.sort_by_key(|(verdict, _)| verdict.code());
            return counts;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the undoing does not end");
}

/// «title: verdict: message» of each line.
async fn told(app: &TestApp, id: ImportId) -> Vec<String> {
    let lines = actions::undo_lines(app, &Actor::system(), id, None, (-1, false, 500)).await;
    let lines = lines.expect("lines").into_iter();
    lines
        .map(|(_, line)| format!("{}: {}: {}", line.title, line.verdict.code(), line.message))
        .collect()
}

#[tokio::test]
async fn a_hash_of_all_tables_comes_back() {
    for seed in 1..=4 {
        let app = TestApp::new().await;
        app.company("ООО Ромашка").inn("7707083893").create(&app).await;
        import(&app, generated_by(seed, 150, seed % 2 == 0)).await;
        // Another team's base: people have worked with what an earlier import brought.
        execute(&app, "UPDATE companies SET address = '', address_key = '', imported_fields = imported_fields - 'address' WHERE abs(hashtext(name || '1')) % 10 < 3")
            .await;
        execute(
            &app,
            "UPDATE companies SET website = 'https://own.example' WHERE abs(hashtext(name || '2')) % 10 < 2",
        )
        .await;
        execute(
            &app,
            "UPDATE companies SET imported_fields = NULL, status_id = NULL WHERE abs(hashtext(name || '3')) % 10 < 2",
        )
        .await;
        execute(
            &app,
            "UPDATE companies SET amocrm_company_id = NULL WHERE abs(hashtext(name || '4')) % 10 < 1",
        )
        .await;
        execute(
            &app,
            "UPDATE contacts SET position = '', imported_fields = NULL WHERE abs(hashtext(last_name || '5')) % 10 < 3",
        )
        .await;
        execute(
            &app,
            "DELETE FROM company_phones WHERE abs(hashtext(raw || '6')) % 10 < 3",
        )
        .await;
        execute(
            &app,
            "DELETE FROM contact_emails WHERE abs(hashtext(value || '7')) % 10 < 3",
        )
        .await;
        execute(&app, "UPDATE companies SET search = company_search(companies)").await;
        let before = hashes(&app).await;
        app.pass(chrono::TimeDelta::hours(1));
        let bytes = generated_by(seed + 100, 400, true);
        let second = import(&app, bytes.clone()).await;
        assert!(second.created > 50 && second.updated > 20, "{second:?}");
        let changed = hashes(&app).await;
        assert_ne!(changed, before);
        app.pass(chrono::TimeDelta::hours(1));

        let foretold = undo(&app, second.id, false).await;
        assert_eq!(hashes(&app).await, changed, "a check changes nothing");
        let lines = told(&app, second.id).await;
        let happened = undo(&app, second.id, true).await;
        assert_eq!(foretold, happened, "{lines:?}");
        assert_eq!(lines, told(&app, second.id).await);
        assert_eq!(hashes(&app).await, before, "seed {seed}");
        assert!(crate::verify::broken(&app).await.is_empty());
        // And the file can be brought in again.
        assert_eq!(counts(&import(&app, bytes).await), counts(&second));
    }
}

#[tokio::test]
async fn what_people_have_touched_since_stays_and_is_named() {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    app.person("Пётр", Role::Admin, Some(branch)).await;
    app.company("Старая").create(&app).await;
    execute(&app, "UPDATE companies SET amocrm_company_id = 9").await;
    let summary = import(
        &app,
        file(&[
            "1,компания,,,,Нетронутая,,84952223344,,Тула,,,Свой статус",
            "2,компания,,,,С заметкой",
            "3,компания,,,,С контактом",
            "9,компания,,,,Старая,,84952223345,old@example.ru,Тверь,7707083893",
            "20,контакт,Иван Ивин,Иван,Ивин,С контактом",
        ]),
    )
    .await;
    assert_eq!(counts(&summary), [4, 1, 0, 0, 0]);
    app.pass(chrono::TimeDelta::minutes(5));
    let mut browser = app.signed_in("Пётр").await;
    let id = value(&app, "SELECT id FROM companies WHERE name = 'С заметкой'").await;
    browser
        .post(&format!("/companies/{id}/notes/add/"), &[("text", "Звонил")])
        .await
        .expect_redirect();
    execute(&app, "UPDATE contacts SET last_name = 'Ивина', version = version + 1").await;
    execute(
        &app,
        "UPDATE companies SET address = 'Калуга', version = version + 1 WHERE name = 'Старая'",
    )
    .await;

    undo(&app, summary.id, false).await;
    let foretold = told(&app, summary.id).await;
    undo(&app, summary.id, true).await;
    let happened = told(&app, summary.id).await;
    assert_eq!(foretold, happened);
    let text = happened.join("\n");
    assert!(text.contains("Нетронутая: removed"), "{text}");
    assert!(text.contains("С заметкой: left: Есть заметки"), "{text}");
    assert!(text.contains("С контактом: left: Есть контакты"), "{text}");
    assert!(text.contains("Ивина Иван: left: Изменено после загрузки"), "{text}");
    assert!(text.contains("Старая: partly: Возвращено: "), "{text}");
    assert!(text.contains("Оставлено: Адрес: изменено после загрузки"), "{text}");
    assert!(text.contains("Свой статус: removed"), "{text}");
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(concat(name, inn, address), ' ' ORDER BY name) FROM companies"
        )
        .await,
        "С заметкой С контактом СтараяКалуга"
    );
    assert_eq!(value(&app, "SELECT count(*) FROM company_phones").await, "0");
    let event = "SELECT message FROM audit_events WHERE verb = 'undo'";
    assert_eq!(
        value(&app, event).await,
        "Загрузка файла «amo.csv» отменена: удалено 2, возвращено 1, оставлено 3"
    );

    let again = actions::undo(&app, &Actor::system(), summary.id, true).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "3");
}

#[tokio::test]
async fn an_undoing_that_died_goes_on() {
    let app = TestApp::new().await;
    let before = hashes(&app).await;
    let summary = import(&app, generated_by(7, 1_400, true)).await;
    let mut conn = app.app.db.acquire().await.expect("a connection");
    let actor = Actor::system();
    let begun = super::super::queries::begin_undo(&mut conn, summary.id, UndoState::Running, (&actor, app.app.now()));
    assert!(begun.await.expect("begun"));
    // Each of these dies after some chunks.
    for _ in 0..3 {
        let undoing = loop {
            if let Some(undoing) = super::super::undo::Undoing::take_up(&app, summary.id)
                .await
                .expect("an answer")
            {
                break undoing;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let _ = tokio::time::timeout(std::time::Duration::from_millis(150), undoing.work(&app)).await;
        if !actions::find(&app, &actor, summary.id)
            .await
            .expect("it")
            .undo
            .state
            .is_at_work()
        {
            break;
        }
    }
    ended(&app, summary.id).await;
    assert_eq!(hashes(&app).await, before);
}

#[tokio::test]
async fn after_thirty_days_former_values_are_forgotten() {
    let app = TestApp::new().await;
    let summary = import(&app, file(&["1,компания,,,,Ромашка"])).await;
    app.pass(chrono::TimeDelta::days(31));
    let late = actions::undo(&app, &Actor::system(), summary.id, true).await;
    assert!(matches!(late, Err(Error::Conflict(_))));
    actions::clean(&app).await.expect("cleared");
    assert_eq!(value(&app, "SELECT count(*) FROM import_records").await, "0");
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "1");
}

#[tokio::test]
async fn deals_that_were_written_anew_say_again_what_they_said() {
    let app = TestApp::new().await;
    let bare = hashes(&app).await;
    let first = import(&app, deals("Переговоры")).await;
    let before = hashes(&app).await;
    app.pass(chrono::TimeDelta::hours(1));
    let second = import(&app, deals("Успешно реализовано")).await;
    let changed = hashes(&app).await;
    assert_ne!(changed, before);
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(old_text || ' → ' || new_text, '; ') FROM import_changes WHERE field = 'deal'"
        )
        .await,
        "Этап: Переговоры → Этап: Успешно реализовано; Этап: Переговоры → Этап: Успешно реализовано"
    );

    let foretold = undo(&app, second.id, false).await;
    assert_eq!(hashes(&app).await, changed, "a check changes nothing");
    assert_eq!(undo(&app, second.id, true).await, foretold);
    let lines = told(&app, second.id).await;
    assert!(
        lines.contains(&"ООО Ромашка: restored: Возвращено: Сделка".to_owned()),
        "{lines:#?}"
    );
    assert_eq!(hashes(&app).await, before);

    // What is remembered of the deals is as before, too: the file can be brought in again.
    app.pass(chrono::TimeDelta::hours(1));
    let third = import(&app, deals("Успешно реализовано")).await;
    assert_eq!(counts(&third), counts(&second));
    undo(&app, third.id, true).await;
    assert_eq!(hashes(&app).await, before);
    // Nobody has worked with any of it: what two later imports changed and gave back does not stand in the way.
    undo(&app, first.id, true).await;
    assert_eq!(hashes(&app).await, bare, "{:#?}", told(&app, first.id).await);
    assert_eq!(counts(&import(&app, deals("Переговоры")).await), counts(&first));
}

#[tokio::test]
async fn a_deal_that_somebody_has_edited_since_stays_as_it_is() {
    let app = TestApp::new().await;
    import(&app, deals("Переговоры")).await;
    app.pass(chrono::TimeDelta::hours(1));
    let second = import(&app, deals("Успешно реализовано")).await;
    execute(
        &app,
        "UPDATE notes SET text = text || ' (звонили)', version = version + 1 WHERE text LIKE '%Печати%'",
    )
    .await;
    undo(&app, second.id, true).await;
    let text = told(&app, second.id).await.join("\n");
    assert!(
        text.contains("ООО Ромашка: partly: Возвращено: Сделка. Оставлено: Сделка: заметка изменена после загрузки"),
        "{text}"
    );
    let stages = "SELECT string_agg(substring(text from 'Этап: [^\n]*'), '; ' ORDER BY id) FROM notes";
    assert_eq!(value(&app, stages).await, "Этап: Переговоры; Этап: Успешно реализовано");
}

/// Two deals of one company and one of a person alone, at this stage.
fn deals(stage: &str) -> Vec<u8> {
    format!(
        "ID,Название сделки,Бюджет ,Ответственный,Дата создания сделки,Этап сделки,Воронка,Полное имя контакта,Компания,\
         Рабочий телефон\n\
         1,Бланки,5000,,01.02.2022 10:00:00,{stage},Продажи,Пётр Иванов,ООО Ромашка,8 912 345-67-89\n\
         2,Печати,,,02.02.2022 10:00:00,{stage},Продажи,Пётр Иванов,ООО Ромашка,\n\
         3,Визитки,700,,03.02.2022 10:00:00,Переговоры,Продажи,Олег Сам,,8 912 345-67-80\n"
    )
    .into_bytes()
}
