use sqlx::TypeInfo;
use sqlx::postgres::PgHasArrayType;

use crate::values::{CompanyId, UserId};

#[test]
fn an_id_is_written_as_its_bare_value() {
    let user: UserId = "42".parse().expect("digits");
    assert_eq!(user, UserId(42));
    assert_eq!(user.to_string(), "42");
    assert_eq!(serde_json::to_string(&user).expect("a number"), "42");
    let company = CompanyId::new();
    assert_eq!(company.to_string().parse(), Ok(company));
    assert_eq!(serde_json::to_value(company).expect("a text"), company.to_string());
    assert!("x".parse::<UserId>().is_err());
}

#[test]
fn later_companies_sort_after_earlier_ones() {
    let ids: Vec<CompanyId> = (0..100).map(|_| CompanyId::new()).collect();
    assert!(ids.is_sorted());
}

#[test]
fn lists_of_ids_can_be_bound() {
    assert_eq!(<UserId as PgHasArrayType>::array_type_info().name(), "INT8[]");
    assert_eq!(<CompanyId as PgHasArrayType>::array_type_info().name(), "UUID[]");
}
