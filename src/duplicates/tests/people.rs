//! Contacts become one and are parted again.

use super::team;
use crate::verify::broken;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn contacts_of_two_companies_become_one_and_are_parted_again() {
    let mut team = team().await;
    team.full_card("Ромашка", 1).await;
    team.full_card("Лютик", 2).await;
    let of = |company: &str| {
        format!(
            "SELECT contact.id FROM contacts AS contact JOIN companies AS company ON company.id = contact.company_id
             WHERE last_name = 'Белозёров' AND company.name = '{company}'"
        )
    };
    let (one, two) = (team.value(&of("Ромашка")).await, team.value(&of("Лютик")).await);
    team.execute(format!(
        "UPDATE contacts SET note = 'Звонить утром', position = 'Директор' WHERE id = '{two}'"
    ))
    .await;
    let contacts = "SELECT md5(string_agg((to_jsonb(c) - 'version')::text, '|' ORDER BY id)) FROM contacts AS c";
    let phones = "SELECT md5(string_agg(to_jsonb(p)::text, '|' ORDER BY id)) FROM contact_phones AS p";
    let emails = "SELECT md5(string_agg(to_jsonb(e)::text, '|' ORDER BY id)) FROM contact_emails AS e";
    let mut before = Vec::new();
    for sql in [contacts, phones, emails] {
        before.push(team.value(sql).await);
    }
    team.admin
        .get(&format!("/contacts/{one}/"))
        .await
        .expect_text("Объединить");
    let path = format!("/contacts/{one}/merge/");
    team.admin
        .get(&path)
        .await
        .expect(200)
        .expect_text("Похожие контакты")
        .expect_text("Лютик");
    let page = team.admin.get(&format!("{path}?with={two}")).await;
    page.expect_text("Снабженец").expect_text("Директор");
    let fields = [
        ("with", two.as_str()),
        ("keep", one.as_str()),
        ("take-position", two.as_str()),
    ];
    assert_eq!(
        team.admin.post(&path, &fields).await.expect_redirect(),
        format!("/contacts/{one}/")
    );
    // The second press.
    team.admin.post(&path, &fields).await.expect_redirect();
    let page = team.admin.get(&format!("/contacts/{one}/")).await;
    page.expect_text("Директор")
        .expect_text("Звонить утром")
        .expect_text("belozerov2@romashka.example")
        .expect_text("С этим контактом объединили: «Белозёров Пётр»");
    let answer = team.admin.get(&format!("/contacts/{two}/")).await;
    assert_eq!(answer.expect_redirect(), format!("/contacts/{one}/"));
    assert_eq!(broken(&team.app).await, [""; 0]);
    let merge = team.value("SELECT id FROM merges").await;
    let path = format!("/duplicates/merges/{merge}/");
    team.admin
        .get(&path)
        .await
        .expect(200)
        .expect_text("каждый в свою компанию");
    team.admin.post(&format!("{path}split/"), &[]).await.expect_redirect();
    for (sql, before) in [contacts, phones, emails].iter().zip(&before) {
        assert_eq!(team.value(sql).await, *before, "{sql}");
    }
    assert_eq!(broken(&team.app).await, [""; 0]);
}

#[tokio::test]
async fn a_contact_of_a_foreign_company_is_not_merged() {
    let mut team = team().await;
    team.full_card("Ромашка", 1).await;
    let foreign = team.full_card("Лютик", 2).await;
    let stranger = team.stranger.user.expect("a person");
    team.execute(format!(
        "UPDATE companies SET responsible_id = {stranger}, branch_id = NULL WHERE id = '{foreign}'"
    ))
    .await;
    team.execute(format!(
        "UPDATE contacts SET created_by = NULL WHERE company_id = '{foreign}'"
    ))
    .await;
    let of =
        |is: &str| format!("SELECT id FROM contacts WHERE last_name = 'Белозёров' AND company_id {is} '{foreign}'");
    let (own, other) = (team.value(&of("<>")).await, team.value(&of("=")).await);
    let mut manager = team.app.signed_in("ivanova").await;
    let path = format!("/contacts/{own}/merge/");
    manager.get(&path).await.expect(200).expect_no_text("Лютик");
    manager.get(&format!("{path}?with={other}")).await.expect(403);
    manager.post(&path, &[("with", other.as_str())]).await.expect(403);
    team.admin
        .post(&path, &[("with", other.as_str())])
        .await
        .expect_redirect();
}

#[tokio::test]
async fn of_people_with_and_without_a_company_the_one_with_it_is_kept_unless_said_otherwise() {
    let mut team = team().await;
    team.full_card("Ромашка", 1).await;
    team.full_card("Лютик", 2).await;
    let of = |condition: &str| format!("SELECT id FROM contacts WHERE last_name = 'Белозёров' AND {condition} LIMIT 1");
    team.execute(format!(
        "UPDATE contacts SET company_id = NULL WHERE id = ({})",
        of("true")
    ))
    .await;
    let lone = team.value(&of("company_id IS NULL")).await;
    let employed = team.value(&of("company_id IS NOT NULL")).await;
    let page = team
        .admin
        .get(&format!("/contacts/{lone}/merge/?with={employed}"))
        .await;
    assert_eq!(
        page.attribute("[name=keep][checked]", "value").as_deref(),
        Some(employed.as_str())
    );
}
