//! The global search through HTTP.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::companies::gather_words;
use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};
use crate::values::CompanyId;

struct Base {
    app: TestApp,
    owner: Actor,
    browser: Client,
}

impl Base {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let owner = app.person("owner", Role::Manager, None).await;
        app.person("reader", Role::Manager, None).await;
        let browser = app.signed_in("reader").await;
        Self { app, owner, browser }
    }

    async fn company(&self, name: &str) -> CompanyId {
        self.app.company(name).of(&self.owner).create(&self.app).await
    }

    /// A person with a phone and an e-mail.
    async fn person(&self, company: Option<CompanyId>, name: (&str, &str), channels: (&str, &str)) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO contacts (id, company_id, last_name, first_name, position) VALUES ($1, $2, $3, $4, 'Главный механик')",
        )
        .bind(id)
        .bind(company.map(|id| id.0))
        .bind(name.0)
        .bind(name.1)
        .execute(&self.app.app.db)
        .await
        .expect("a person");
        let phone = crate::values::Phone::read(channels.0).expect("a phone");
        sqlx::query("INSERT INTO contact_phones (contact_id, position, e164, raw, digits) VALUES ($1, 1, $2, $3, $4)")
            .bind(id)
            .bind(&phone.e164)
            .bind(&phone.raw)
            .bind(&phone.digits)
            .execute(&self.app.app.db)
            .await
            .expect("a phone");
        sqlx::query("INSERT INTO contact_emails (contact_id, position, value) VALUES ($1, 1, $2)")
            .bind(id)
            .bind(channels.1)
            .execute(&self.app.app.db)
            .await
            .expect("an e-mail");
        if let Some(company) = company {
            sqlx::query("UPDATE companies SET search = company_search(companies) WHERE id = $1")
                .bind(company.0)
                .execute(&self.app.app.db)
                .await
                .expect("its words");
        }
        id
    }

    async fn note(&self, company: CompanyId, text: &str) -> i64 {
        sqlx::query_scalar(
            "INSERT INTO notes (company_id, author_id, text, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(company.0)
        .bind(self.owner.user.map(|id| id.0))
        .bind(text)
        .bind(self.app.now())
        .fetch_one(&self.app.app.db)
        .await
        .expect("a note")
    }

    async fn ask(&mut self, typed: &str) -> Answer {
        let answer = self.browser.get(&address(typed)).await;
        answer.expect(200);
        answer
    }
}

fn address(typed: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", typed)
        .finish();
    format!("/search/?{query}")
}

/// Titles under this heading, in order.
fn titles(answer: &Answer, group: &str) -> Vec<String> {
    answer.texts(&format!("[aria-labelledby=search-{group}] .row-link"))
}

#[tokio::test]
async fn one_text_finds_companies_people_and_notes() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.person(
        Some(company),
        ("Ромашкин", "Пётр"),
        ("8 912 345-67-89", "petr@romashka.example"),
    )
    .await;
    let other = base.company("ЗАО «Василёк»").await;
    base.note(other, "Просили передать привет ромашке и выслать счёт.")
        .await;
    let page = base.ask("ромаш").await;
    assert_eq!(titles(&page, "companies"), ["ООО «Ромашка»"]);
    assert_eq!(titles(&page, "people"), ["Ромашкин Пётр"]);
    assert_eq!(titles(&page, "notes"), ["ЗАО «Василёк»"]);
    assert_eq!(page.texts(".hits mark"), ["Ромаш", "Ромаш", "Ромаш", "ромаш"]);
    page.expect_text("Заметка от 23.11.2026, owner Тестов: Просили передать привет ромашке");
}

#[tokio::test]
async fn a_phone_in_any_format_says_whose_it_is() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    let id = base
        .person(Some(company), ("Иванов", "Пётр"), ("+7 912 345-67-89", "a@b.example"))
        .await;
    base.note(company, "Просил звонить на 8(912)345-67-89 после обеда")
        .await;
    for typed in [
        "8 (912) 345-67-89",
        "+79123456789",
        "345-67-89",
        "8912345",
        "9123456789",
    ] {
        let page = base.ask(typed).await;
        assert_eq!(titles(&page, "companies"), ["ООО «Ромашка»"], "{typed}");
        page.expect_text("Телефон контакта Иванов Пётр: +7 (912) 345-67-89");
        assert_eq!(titles(&page, "people"), ["Иванов Пётр"], "{typed}");
        page.expect_text("Телефон: +7 (912) 345-67-89");
        assert_eq!(titles(&page, "notes"), ["ООО «Ромашка»"], "{typed}");
        assert!(
            page.texts(".hits mark").contains(&"+7 (912) 345-67-89".to_owned()),
            "{typed}"
        );
        assert_eq!(
            page.attribute("[aria-labelledby=search-people] a", "href")
                .expect("a link"),
            format!("/companies/{company}/#contact-{id}")
        );
    }
    base.ask("8 (912) 345-67-80").await.expect_text("Ничего не нашлось");
}

#[tokio::test]
async fn an_email_is_found_by_its_beginning_and_whole() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.person(
        Some(company),
        ("Иванов", "Пётр"),
        ("89123456789", "Petr.Ivanov@romashka.example"),
    )
    .await;
    base.person(None, ("Сидорова", "Анна"), ("89123456780", "anna@mail.example"))
        .await;
    for typed in ["petr.ivanov@romashka.example", "Petr.ivanov@"] {
        let page = base.ask(typed).await;
        assert_eq!(titles(&page, "companies"), ["ООО «Ромашка»"], "{typed}");
        page.expect_text("E-mail контакта Иванов Пётр: Petr.Ivanov@romashka.example");
        assert_eq!(titles(&page, "people"), ["Иванов Пётр"], "{typed}");
    }
    assert_eq!(
        titles(&base.ask("anna@mail.example").await, "people"),
        ["Сидорова Анна"]
    );
    assert_eq!(titles(&base.ask("anna").await, "people"), ["Сидорова Анна"]);
    base.ask("o'neil\\@%_").await.expect_text("Ничего не нашлось");
}

#[tokio::test]
async fn a_person_without_a_company_is_found_by_name_position_and_phone() {
    let mut base = Base::new().await;
    base.person(None, ("Сидорова", "Анна"), ("8 (343) 222-33-44", "anna@mail.example"))
        .await;
    for typed in ["анна сидор", "механик", "2223344", "83432223344"] {
        let page = base.ask(typed).await;
        assert_eq!(titles(&page, "people"), ["Сидорова Анна"], "{typed}");
        page.expect_text("без компании");
    }
}

#[tokio::test]
async fn the_very_number_and_the_very_name_come_first() {
    let mut base = Base::new().await;
    base.app.company("Ромашка").inn("7707083893").create(&base.app).await;
    base.app.pass(TimeDelta::minutes(1));
    base.app
        .company("Торговый дом Ромашка")
        .inn("770708389312")
        .create(&base.app)
        .await;
    base.app.pass(TimeDelta::minutes(1));
    base.app.company("Ромашка-Сервис").create(&base.app).await;
    let page = base.ask("ромашка").await;
    assert_eq!(
        titles(&page, "companies"),
        ["Ромашка", "Ромашка-Сервис", "Торговый дом Ромашка"]
    );
    let page = base.ask("7707083893").await;
    assert_eq!(titles(&page, "companies")[0], "Ромашка");
    assert_eq!(page.texts(".hits mark")[0], "7707083893");
}

#[tokio::test]
async fn the_very_name_comes_first_even_when_it_changed_long_ago_among_many() {
    let mut base = Base::new().await;
    base.company("Вектор").await;
    base.app.pass(TimeDelta::days(1));
    for number in 0..60 {
        base.company(&format!("Новый Вектор {number}")).await;
    }
    let page = base.ask("вектор").await;
    assert_eq!(titles(&page, "companies")[0], "Вектор");
    assert_eq!(
        page.attribute(".hits-more a", "href").expect("the rest"),
        "/companies/?q=%D0%B2%D0%B5%D0%BA%D1%82%D0%BE%D1%80"
    );
}

#[tokio::test]
async fn words_of_a_name_and_of_a_person_are_found_together_and_the_person_is_named() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.person(Some(company), ("Иванов", "Пётр"), ("89123456789", "a@b.example"))
        .await;
    let page = base.ask("иванов ромашка").await;
    assert_eq!(titles(&page, "companies"), ["ООО «Ромашка»"]);
    page.expect_text("Контакт: Иванов Пётр, Главный механик");
}

#[tokio::test]
async fn another_layout_and_typing_errors_are_forgiven_and_told() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.note(company, "Обсудили рассрочку").await;
    gather_words(&base.app.app).await.expect("gathered");
    for (typed, meant) in [("hjvfirf", "ромашка"), ("рамашка", "ромашка"), ("hfcchjxr", "рассрочк")]
    {
        let page = base.ask(typed).await;
        page.expect_text(&format!("Показано для «{meant}»"))
            .expect_text("ООО «Ромашка»");
    }
    base.ask("ромаш").await.expect_no_text("Показано для");
}

#[tokio::test]
async fn a_found_note_stands_on_the_page_it_leads_to_however_old_it_is() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.note(company, "Обсудили рассрочку").await;
    for _ in 0..60 {
        base.app.pass(TimeDelta::hours(1));
        base.note(company, "Не берут трубку").await;
    }
    let page = base.ask("рассрочка").await;
    assert_eq!(titles(&page, "notes"), Vec::<String>::new());
    let page = base.ask("рассрочк").await;
    let link = page
        .attribute("[aria-labelledby=search-notes] a", "href")
        .expect("a link");
    let (path, note) = link.split_once('#').expect("a place");
    let card = base.browser.get(path).await;
    card.expect(200).expect_text("Обсудили рассрочку");
    assert_eq!(card.texts(&format!("#{note} .event-text")), ["Обсудили рассрочку"]);
}

#[tokio::test]
async fn what_people_wrote_is_text_and_never_markup() {
    let mut base = Base::new().await;
    let company = base.company("<script>alert(1)</script> Ромашка").await;
    base.note(company, "<img src=x onerror=alert(1)> ромашка & <b>").await;
    let page = base.ask("ромашка <script>").await;
    assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"));
    page.expect_text("<script>alert(1)</script> Ромашка");
    let page = base.ask("ромашка").await;
    assert!(!page.text.contains("<img src=x"));
    page.expect_text("<img src=x onerror=alert(1)> ромашка & <b>");
}

#[tokio::test]
async fn too_short_and_empty_searches_show_own_companies_and_strange_ones_do_no_harm() {
    let mut base = Base::new().await;
    base.company("ООО «Ромашка»").await;
    base.browser = base.app.signed_in("owner").await;
    for typed in ["", " ", "р", "«»"] {
        let page = base.ask(typed).await;
        assert_eq!(titles(&page, "own"), ["ООО «Ромашка»"], "{typed:?}");
    }
    base.ask("р").await.expect_text("Введите хотя бы две буквы или цифры");
    for typed in [
        "':* & | !",
        "\\\\ \\' \"",
        "%%__",
        "& & &",
        "аа'@бб",
        &"я".repeat(5000),
        "0000000000",
    ] {
        base.ask(typed).await;
    }
}

#[tokio::test]
async fn the_dialog_gets_options_of_a_list_with_a_way_to_the_page() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    let answer = base.browser.fragment(&address("ромашка")).await;
    answer.expect(200);
    assert!(!answer.text.contains("<html"));
    assert_eq!(
        answer
            .attribute("[role=listbox] [role=option]", "href")
            .expect("an option"),
        format!("/companies/{company}/")
    );
    assert_eq!(
        answer
            .attribute("[data-palette-answer]", "data-palette-answer")
            .expect("the question"),
        "ромашка"
    );
    assert_eq!(answer.texts(".hit.all"), ["Всё по запросу «ромашка»"]);
    assert_eq!(
        answer.attribute("[data-said]", "data-said").expect("words"),
        "Показано: 1"
    );
    let nothing = base.browser.fragment(&address("щщщщщщ")).await;
    nothing.expect(200).expect_text("ничего не нашлось");
    assert_eq!(nothing.texts("[role=option]"), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_written_now_is_found_now_and_what_is_gone_is_not() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    base.browser = base.app.signed_in("owner").await;
    let add = format!("/companies/{company}/notes/add/");
    base.browser
        .post(&add, &[("text", "Обсудили рассрочку")])
        .await
        .expect_redirect();
    let contact = format!("/companies/{company}/contacts/new/");
    base.browser
        .post(&contact, &[("last_name", "Небывалов"), ("first_name", "Егор")])
        .await
        .expect_redirect();
    assert_eq!(titles(&base.ask("рассрочку").await, "notes").len(), 1);
    assert_eq!(titles(&base.ask("небывалов").await, "people"), ["Небывалов Егор"]);
    sqlx::query("DELETE FROM notes")
        .execute(&base.app.app.db)
        .await
        .expect("gone");
    base.ask("рассрочку").await.expect_text("Ничего не нашлось");
}

#[tokio::test]
async fn what_was_found_can_be_called_at_once_by_the_number_it_was_found_by_or_else_its_first() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, e164, extension, raw, digits)
         VALUES ($1, 0, '', '', 'спросить у Анны', ''),
                ($1, 1, '+73432223344', '12', '8 343 222-33-44 доб. 12', '3432223344')",
    )
    .bind(company.0)
    .execute(&base.app.db)
    .await
    .expect("phones");
    let channels = ("+7 912 345-67-89", "a@b.example");
    let person = base.person(Some(company), ("Иванов", "Пётр"), channels).await;
    let of_company = format!("+73432223344#12 {company} -");
    let of_person = format!("+79123456789 {company} {person}");
    let whom = |page: &Answer| page.attributes(".call-button[form=call]", "value");
    for typed in ["ромашка", "иванов"] {
        let page = base.ask(typed).await;
        assert_eq!(whom(&page)[0], of_company, "{typed}");
        page.expect_text("+7 (343) 222-33-44 доб. 12");
    }
    // Found by a number: that one is called, from the company and from the person alike.
    let page = base.ask("9123456789").await;
    assert_eq!(whom(&page), [of_person.as_str(), of_person.as_str()]);
    assert_eq!(page.texts(".hit-call"), Vec::<String>::new());
    // In the dialog it stands beside the option, out of the way of the keyboard.
    let dialog = base.browser.fragment(&address("9123456789")).await;
    assert_eq!(whom(&dialog), [of_person.as_str(), of_person.as_str()]);
    assert_eq!(dialog.texts("[role=option] button"), Vec::<String>::new());
    assert_eq!(dialog.attribute(".call-button", "tabindex"), Some("-1".to_owned()));
    // The button asks the phone, and goes back to where the number stood.
    let answer = base.browser.post("/phone/call/", &[("whom", &of_person)]).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{company}/"));
}

#[tokio::test]
async fn who_does_not_want_to_be_called_is_asked_about_first() {
    let mut base = Base::new().await;
    let company = base.company("ООО «Ромашка»").await;
    let channels = ("+7 912 345-67-89", "a@b.example");
    let person = base.person(Some(company), ("Иванов", "Пётр"), channels).await;
    sqlx::query("UPDATE contacts SET do_not_call_at = now(), do_not_call_reason = 'Просил не звонить' WHERE id = $1")
        .bind(person)
        .execute(&base.app.db)
        .await
        .expect("marked");
    let page = base.ask("9123456789").await;
    let reasons = page.attributes(".call-button", "data-confirm");
    assert_eq!(reasons, ["Просил не звонить", "Просил не звонить"]);
    let dialog = base.browser.fragment(&address("иванов")).await;
    let reasons = dialog.attributes("[aria-labelledby=palette-people] .call-button", "data-confirm");
    assert_eq!(reasons, ["Просил не звонить"]);
}
