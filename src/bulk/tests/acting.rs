use super::{office, start, verdicts};
use crate::policy::Role;

#[tokio::test]
async fn what_will_change_is_shown_first_and_then_done_once() {
    let mut office = office().await;
    let (one, two, foreign) = (
        office.mine("Айва").await,
        office.mine("Берёза").await,
        office.foreign("Абрикос").await,
    );
    office
        .execute(format!("UPDATE companies SET status_id = 2 WHERE id = '{two}'"))
        .await;
    let act = office
        .prepare(&[one, two, foreign], &[("kind", "status"), ("status", "2")])
        .await;
    let preview = office.browser.get(&act).await;
    preview
        .expect(200)
        .expect_text("Пока ничего не изменено")
        .expect_text("Чужая компания: petrov Тестов, tmn")
        .expect_text("Менять компанию могут её создатель");
    assert_eq!(verdicts(&preview), ["Изменятся 1", "Уже так 1", "Нет прав 1"]);
    assert_eq!(
        preview.texts(".table tbody tr:first-child .badge"),
        ["Изменится"],
        "what changes stands first"
    );
    assert_eq!(
        office.value("SELECT count(*) FROM companies WHERE status_id = 2").await,
        "1"
    );
    let done = office.press(&act, "run").await;
    assert_eq!(verdicts(&done), ["Изменены 1", "Уже так 1", "Нет прав 1"]);
    done.expect_text("можно отменить");
    // The second press does nothing more.
    office.press(&act, "run").await;
    assert_eq!(
        office
            .value("SELECT string_agg(name || version, ' ' ORDER BY name) FROM companies WHERE status_id = 2")
            .await,
        "Айва2 Берёза1"
    );
    assert_eq!(
        office
            .value("SELECT string_agg(entity || ' ' || verb, ', ' ORDER BY entity) FROM audit_events WHERE entity <> 'session'")
            .await,
        "bulk_act update, company update"
    );
    let mut admin = {
        office.app.person("admin", Role::Admin, None).await;
        office.app.signed_in("admin").await
    };
    let card = admin.get(&format!("/companies/{one}/")).await;
    card.expect_text("Массовое действие. Статус:");
    admin.get("/companies/bulk/").await.expect_text("ivanova Тестов");
    office
        .browser
        .get("/companies/bulk/")
        .await
        .expect_text("Можно отменить");
}

#[tokio::test]
async fn companies_go_with_the_branch_as_one_by_one() {
    let mut office = office().await;
    let (one, two) = (office.mine("Айва").await, office.mine("Берёза").await);
    let to = office.petrov.user.unwrap().to_string();
    let act = office.prepare(&[one, two], &[("kind", "give"), ("to", &to)]).await;
    let preview = office.browser.get(&act).await;
    preview.expect_text("petrov Тестов, tmn");
    let done = office.press(&act, "run").await;
    assert_eq!(verdicts(&done), ["Изменены 2"]);
    assert_eq!(
        office
            .value("SELECT string_agg(DISTINCT branch.name || person.username, ' ') FROM companies AS company JOIN users AS person ON person.id = company.responsible_id JOIN branches AS branch ON branch.id = company.branch_id")
            .await,
        "tmnpetrov"
    );
    assert_eq!(
        office
            .value("SELECT string_agg(DISTINCT changes::text, '') FROM audit_events WHERE verb = 'transfer' AND entity = 'company'")
            .await,
        r#"{"branch": {"new": "tmn", "old": "ekb"}, "responsible": {"new": "petrov Тестов", "old": "ivanova Тестов"}}"#
    );
}

#[tokio::test]
async fn spheres_are_added_removed_and_replaced() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let spheres = "SELECT string_agg(sphere_id::text, ',' ORDER BY sphere_id) FROM company_sphere_links";
    for (step, wanted, after) in [
        ("add", ["1", "2"], "1,2"),
        ("add", ["2", "3"], "1,2,3"),
        ("remove", ["1", "5"], "2,3"),
        ("replace", ["4", "5"], "4,5"),
        ("remove", ["4", "5"], ""),
    ] {
        let wish = [
            ("kind", "spheres"),
            ("step", step),
            ("sphere", wanted[0]),
            ("sphere", wanted[1]),
        ];
        let act = office.prepare(&[one], &wish).await;
        let done = office.press(&act, "run").await;
        assert_eq!(verdicts(&done), ["Изменены 1"], "{step}");
        assert_eq!(office.value(spheres).await, after, "{step}");
    }
    let act = office
        .prepare(&[one], &[("kind", "spheres"), ("step", "remove"), ("sphere", "1")])
        .await;
    office.browser.get(&act).await.expect_text("Менять нечего");
}

#[tokio::test]
async fn the_whole_filter_is_meant_as_the_list_shows_it() {
    let mut office = office().await;
    for number in 0..60 {
        office.mine(&format!("Школа {number}")).await;
    }
    office.mine("Завод").await;
    let list = office.browser.get("/companies/?q=школа&page=x").await;
    assert!(
        list.attribute("[data-pick-whole]", "name").is_some(),
        "more than a page"
    );
    let query = list.attribute("#bulk input[name=query]", "value").unwrap();
    let fields = [("whole", "1"), ("query", query.as_str()), ("kind", "status")];
    let form = office.browser.post("/companies/bulk/", &fields).await;
    form.expect(200).expect_text("Все по фильтру: 60 компаний");
    let mut fields = fields.to_vec();
    fields.extend([("asked", "1"), ("status", "")]);
    let form = office.browser.post("/companies/bulk/", &fields).await;
    form.expect(422).expect_text("Выберите статус.");
    assert_eq!(
        form.attribute("input[name=whole]", "value").unwrap(),
        "1",
        "the choice stays"
    );
    fields.pop();
    fields.push(("status", "none"));
    office
        .execute("UPDATE companies SET status_id = 3 WHERE name <> 'Школа 7'".to_owned())
        .await;
    let act = office.browser.post("/companies/bulk/", &fields).await.expect_redirect();
    let preview = office.browser.get(&act).await;
    assert_eq!(verdicts(&preview), ["Изменятся 59", "Уже так 1"]);
    let next = preview.attribute("a[rel=next]", "href").expect("a second page");
    let second = office.browser.get(&next).await;
    assert_eq!(second.texts("a.row-link").len(), 10);
    let only = office.browser.get(&format!("{act}?verdict=same")).await;
    assert_eq!(only.texts("a.row-link"), ["Школа 7"]);
    office.press(&act, "run").await;
    assert_eq!(
        office
            .value("SELECT string_agg(name, ',') FROM companies WHERE status_id IS NOT NULL")
            .await,
        "Завод"
    );
    // A search that is read in the other layout is read so here, too.
    let fields = [("whole", "1"), ("query", "q=pfdjl"), ("kind", "status")];
    office
        .browser
        .post("/companies/bulk/", &fields)
        .await
        .expect_text("Все по фильтру: 1 компания");
}

#[tokio::test]
async fn more_than_five_thousand_are_refused_before_anything_is_asked() {
    let mut office = office().await;
    office
        .execute(
            "INSERT INTO companies (id, name, name_key) SELECT gen_random_uuid(), 'К' || n, 'к' || n FROM generate_series(1, 5001) AS n"
                .to_owned(),
        )
        .await;
    let fields = [("whole", "1"), ("query", "sort=name"), ("kind", "status")];
    let back = office.browser.post("/companies/bulk/", &fields).await;
    assert_eq!(back.expect_redirect(), "/companies/?sort=name");
    office
        .browser
        .get("/companies/?sort=name")
        .await
        .expect_text("не больше 5 000 компаний, а выбрано больше");
    let back = office.browser.post("/companies/bulk/", &[("query", "q=к")]).await;
    assert_eq!(back.expect_redirect(), "/companies/?q=%D0%BA");
    office
        .browser
        .get("/companies/?q=к")
        .await
        .expect_text("Не выбрано ни одной");
}

#[tokio::test]
async fn a_director_gives_to_the_own_branch_only_and_others_to_any() {
    let office = office().await;
    let one = office.mine("Айва").await;
    let petrov = office.petrov.user.unwrap().to_string();
    let ivanova = office.ivanova.user.unwrap().to_string();
    office
        .app
        .person("director", Role::BranchDirector, Some(office.here))
        .await;
    office.app.person("head", Role::SalesHead, Some(office.here)).await;
    let admin = office
        .app
        .person("admin", Role::Admin, None)
        .await
        .user
        .unwrap()
        .to_string();
    let mut director = office.app.signed_in("director").await;
    let refused = start(&mut director, &[one], &[("kind", "give"), ("to", &petrov)]).await;
    refused.expect(422).expect_text("Выберите действующего сотрудника");
    let options = refused.texts("#f-to option");
    assert!(!options.iter().any(|name| name.contains("petrov")), "{options:?}");
    start(&mut director, &[one], &[("kind", "give"), ("to", &ivanova)])
        .await
        .expect_redirect();
    let mut head = office.app.signed_in("head").await;
    start(&mut head, &[one], &[("kind", "give"), ("to", &petrov)])
        .await
        .expect_redirect();
    // An administrator is responsible for no company.
    start(&mut head, &[one], &[("kind", "give"), ("to", &admin)])
        .await
        .expect(422);
}

#[tokio::test]
async fn what_changed_since_the_look_is_skipped_and_named() {
    let mut office = office().await;
    let ids = [
        office.mine("Айва").await,
        office.mine("Берёза").await,
        office.mine("Верба").await,
        office.mine("Груша").await,
    ];
    let act = office.prepare(&ids, &[("kind", "status"), ("status", "2")]).await;
    office
        .execute(format!(
            "UPDATE companies SET address = 'Пермь', version = version + 1 WHERE id = '{}';
             UPDATE companies SET responsible_id = {petrov}, branch_id = NULL WHERE id = '{}';
             DELETE FROM companies WHERE id = '{}'",
            ids[0],
            ids[1],
            ids[2],
            petrov = office.petrov.user.unwrap(),
        ))
        .await;
    let done = office.press(&act, "run").await;
    assert_eq!(verdicts(&done), ["Изменены 1", "Изменились раньше 1", "Нет прав 1"]);
    done.expect_text("изменили после предпросмотра");
    assert_eq!(
        office
            .value("SELECT string_agg(name, ',') FROM companies WHERE status_id = 2")
            .await,
        "Груша"
    );
}

#[tokio::test]
async fn what_is_wanted_may_be_gone_by_then() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let to = office.petrov.user.unwrap().to_string();
    let act = office.prepare(&[one], &[("kind", "give"), ("to", &to)]).await;
    office
        .execute("UPDATE users SET is_active = false WHERE username = 'petrov'".to_owned())
        .await;
    office
        .browser
        .get(&act)
        .await
        .expect(200)
        .expect_text("Выберите действующего сотрудника");
    let refused = office.browser.post(&format!("{act}run/"), &[]).await;
    refused.expect(422).expect_text("Выберите действующего сотрудника");
    assert_eq!(office.value("SELECT sum(version) FROM companies").await, "1");
}
