use crate::values::site_url;

#[test]
fn addresses_of_sites_lead_somewhere_and_nothing_else_does() {
    for (written, url) in [
        ("example.ru", "https://example.ru"),
        ("http://Example.ru/каталог?a=1#b", "http://Example.ru/каталог?a=1#b"),
        ("HTTPS://example.ru:8443", "HTTPS://example.ru:8443"),
        ("пример.рф", "https://пример.рф"),
        ("vk.com/my_shop", "https://vk.com/my_shop"),
        ("192.168.0.7:8080", "https://192.168.0.7:8080"),
        (" www.example.ru ", "https://www.example.ru"),
    ] {
        assert_eq!(site_url(written).as_deref(), Some(url), "{written}");
    }
    for written in [
        "",
        "не сайт вовсе <b>",
        "нет",
        "javascript:alert(1)",
        "https://javascript:alert(1)",
        "ftp://example.ru",
        "https://",
        "https://нет сайта",
        "info@example.ru",
        "a.ru, b.ru",
        "example.ru/<b>",
        "http://example.ru:порт",
    ] {
        assert_eq!(site_url(written), None, "{written}");
    }
}
