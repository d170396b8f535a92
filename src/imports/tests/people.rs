//! «Ответственный» → a person.

use crate::accounts::User;
use crate::imports::people::People;
use crate::policy::Role;
use crate::values::UserId;

fn user(id: i64, username: &str, first: &str, last: &str, is_active: bool) -> User {
    User {
        id: UserId(id),
        username: username.to_owned(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        name: format!("{first} {last}"),
        email: String::new(),
        role: Role::Manager,
        branch: None,
        branch_name: String::new(),
        time_zone: String::new(),
        is_active,
        last_sign_in_at: None,
        sessions: 0,
        has_second_factor: false,
        needs_second_factor: false,
        version: 1,
    }
}

#[test]
fn people_are_known_by_login_and_by_name_either_way_round() {
    let people = People::new(&[
        user(1, "petrov", "Пётр", "Петров", true),
        user(2, "olga", "Ольга", "Ким", true),
    ]);
    let typed = [
        "petrov",
        "PETROV",
        "Пётр Петров",
        "петров  петр",
        "(ЕКБ) Петров Пётр",
        "(ЕКБ) Петров Пётр Ильич",
        "Пётр Петров Ильич",
    ];
    for typed in typed {
        assert_eq!(people.find(typed).map(|owner| owner.id), Ok(UserId(1)), "{typed}");
    }
    assert!(people.find("Иван Петров").is_err());
    assert!(people.find("Петров").is_err());
}

#[test]
fn of_namesakes_the_active_one_is_meant_and_two_active_ones_are_nobody() {
    let left = user(1, "old", "Пётр", "Петров", false);
    let here = user(2, "new", "Пётр", "Петров", true);
    let third = user(3, "third", "Пётр", "Петров", true);
    let people = People::new(&[left.clone(), here.clone()]);
    assert_eq!(people.find("Пётр Петров").map(|owner| owner.id), Ok(UserId(2)));
    let people = People::new(std::slice::from_ref(&left));
    assert_eq!(people.find("Пётр Петров").map(|owner| owner.id), Ok(UserId(1)));
    let people = People::new(&[left, here, third]);
    assert!(
        people
            .find("Пётр Петров")
            .is_err_and(|sentence| sentence.contains("нескольких"))
    );
}
