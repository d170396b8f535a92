//! Cyrillic into Latin letters, for the invented e-mail addresses and web sites.

/// Lower-case Latin letters and digits; everything else becomes one hyphen between words.
pub(super) fn translit(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        let part = latin_of(letter);
        if !part.is_empty() {
            latin.push_str(part);
        } else if letter.is_ascii_alphanumeric() {
            latin.push(letter);
        } else if !matches!(letter, 'ъ' | 'ь') && !latin.is_empty() && !latin.ends_with('-') {
            latin.push('-');
        }
    }
    while latin.ends_with('-') {
        latin.pop();
    }
    latin
}

fn latin_of(letter: char) -> &'static str {
    match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "c",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "sch",
        'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        _ => "",
    }
}
