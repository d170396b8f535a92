//! A run: what it writes, how it survives.

use super::{Counter, counts, execute, file, generated, import, options, report, value};
use crate::error::Error;
use crate::policy::{Actor, Role};
use crate::testing::TestApp;

#[tokio::test]
async fn a_company_comes_with_all_that_its_row_says() {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    let owner = app.person("Пётр", Role::Manager, Some(branch)).await;
    let row = "1,компания,,,,ООО Ромашка,(ЕКБ) Тестов Пётр Ильич,\"84952223344, 8 912 345-67-89\",\
               \"a@example.ru, b@@\",Тула,7707083893,770701001,Наш статус,\"Авто, Наша сфера\",звонить утром";
    let summary = import(&app, file(&[row])).await;
    assert_eq!(counts(&summary), [1, 0, 0, 0, 0]);
    let owner = owner.user.expect("a person").0.to_string();
    assert_eq!(value(&app, "SELECT responsible_id FROM companies").await, owner);
    assert_eq!(value(&app, "SELECT branch_id FROM companies").await, branch.to_string());
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(e164, ' ' ORDER BY position) FROM company_phones"
        )
        .await,
        "+74952223344 +79123456789"
    );
    assert_eq!(value(&app, "SELECT count(*) FROM company_sphere_links").await, "2");
    assert_eq!(
        value(&app, "SELECT tone FROM company_statuses WHERE name = 'Наш статус'").await,
        "neutral"
    );
    assert_eq!(
        value(&app, "SELECT text FROM notes").await,
        "Импорт из amoCRM\n\nПримечание 1: звонить утром"
    );
    assert_eq!(value(&app, "SELECT author_id FROM notes").await, owner);
    assert_eq!(
        value(&app, "SELECT raw_fields ->> 'source' FROM companies").await,
        "amo_import"
    );
    assert_eq!(
        value(&app, "SELECT search = company_search(companies) FROM companies").await,
        "true"
    );
    let event = "SELECT message FROM audit_events WHERE verb = 'create' AND entity = 'company'";
    assert_eq!(
        value(&app, event).await,
        "Создана при импорте из amoCRM: файл «amo.csv», строка 2"
    );
    assert!(
        report(&app, &summary)
            .await
            .contains("emails,\"«b@@» не похоже на адрес почты")
    );
}

#[tokio::test]
async fn search_words_are_those_of_the_database() {
    let app = TestApp::new().await;
    import(&app, generated(400, true)).await;
    let wrong = "SELECT count(*) FROM companies WHERE search <> company_search(companies)";
    assert_eq!(value(&app, wrong).await, "0");
    assert_eq!(value(&app, "SELECT count(*) > 100 FROM companies").await, "true");
}

#[tokio::test]
async fn a_row_that_the_database_refuses_does_not_stop_the_others() {
    let app = TestApp::new().await;
    execute(
        &app,
        "ALTER TABLE companies ADD CONSTRAINT no_lilies CHECK (name <> 'Лилия')",
    )
    .await;
    let bytes = file(&[
        "1,компания,,,,Ромашка",
        "2,компания,,,,Лилия",
        "3,компания,,,,Роза,,,,,,,Свой статус",
    ]);
    let summary = import(&app, bytes).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 1]);
    assert_eq!(
        value(&app, "SELECT string_agg(name, ' ' ORDER BY name) FROM companies").await,
        "Роза Ромашка"
    );
    assert!(
        report(&app, &summary)
            .await
            .contains("3,refused,,2,,Строку не удалось записать")
    );
    assert_eq!(value(&app, "SELECT state FROM imports").await, "done");
    let status = "SELECT status_id IS NOT NULL FROM companies WHERE name = 'Роза'";
    assert_eq!(value(&app, status).await, "true");
}

#[tokio::test]
async fn two_imports_at_once_make_no_twins() {
    let app = TestApp::new().await;
    let bytes = generated(1_200, false);
    let (first, second) = tokio::join!(import(&app, bytes.clone()), import(&app, bytes));
    assert_eq!(first.created + second.created, 1_200);
    assert_eq!(first.unchanged + second.unchanged, 1_200);
}

#[tokio::test]
async fn progress_reaches_the_end_and_refusals_are_sentences() {
    let app = TestApp::new().await;
    let done = Counter::default();
    let progress = |rows: u64, _: u64| done.set(rows);
    super::super::run(&app, &Actor::system(), generated(700, false), options(false), &progress)
        .await
        .expect("an import");
    assert_eq!(done.get(), 700);
    let refused = super::super::run(&app, &Actor::system(), b"a,b\n".to_vec(), options(false), &|_, _| ()).await;
    assert!(matches!(refused, Err(Error::Invalid(errors)) if errors.get("file").contains("знакомого заголовка")));
    let manager = app.person("manager", Role::Manager, None).await;
    let denied = super::super::run(&app, &manager, generated(1, false), options(false), &|_, _| ()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
}

#[tokio::test]
async fn reports_are_safe_to_open() {
    let app = TestApp::new().await;
    let summary = import(&app, file(&["=1+1,компания,,,,=HYPERLINK(1)"])).await;
    let text = report(&app, &summary).await;
    assert!(
        text.starts_with("row,verdict,entity,key,field,message\n2,created,company,'=1+1,,"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_no_site_is_kept_as_text_with_a_remark() {
    let app = TestApp::new().await;
    let text = "ID,Тип,Название компании,Web\n1,компания,ООО Ромашка,нет сайта\n2,компания,ООО Лютик,lutik.example\n";
    let summary = import(&app, text.as_bytes().to_vec()).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 0]);
    assert_eq!(
        value(&app, "SELECT string_agg(website, '; ' ORDER BY website) FROM companies").await,
        "lutik.example; нет сайта"
    );
    let report = report(&app, &summary).await;
    assert_eq!(
        report.matches("Не похоже на адрес сайта, записываем как есть").count(),
        1,
        "{report}"
    );
}

#[tokio::test]
async fn a_sphere_written_in_another_way_is_the_one_that_is_there() {
    let app = TestApp::new().await;
    let before = value(&app, "SELECT count(*) FROM company_spheres").await;
    let row = |n: u8, spheres: &str| format!("{n},компания,,,,ООО Ромашка {n},,,,,,,,\"{spheres}\",");
    let rows = [row(1, "авто, УСЛУГИ"), row(2, "Авто"), row(3, "Монтаж  опс")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(counts(&import(&app, file(&rows)).await), [3, 0, 0, 0, 0]);
    assert_eq!(value(&app, "SELECT count(*) FROM company_spheres").await, before);
    assert_eq!(value(&app, "SELECT count(*) FROM company_sphere_links").await, "4");
}
