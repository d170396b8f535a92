//! The dictionaries as the migrations fill them.

use crate::testing::TestApp;
use crate::values::time;

#[tokio::test]
async fn every_region_of_the_country_has_a_zone_that_the_program_knows() {
    let app = TestApp::new().await;
    let all = super::all(&mut *app.conn().await).await.expect("the dictionaries");
    assert_eq!(all.regions.len(), 89);
    for region in &all.regions {
        assert!(time::zone(&region.time_zone).is_some(), "{region:?}");
    }
    let zone_of = |name: &str| {
        let found = all.regions.iter().find(|region| region.name == name);
        found.map(|region| region.time_zone.as_str()).expect("a region")
    };
    assert_eq!(zone_of("Свердловская область"), "Asia/Yekaterinburg");
    assert_eq!(zone_of("Калининградская область"), "Europe/Kaliningrad");
    assert_eq!(zone_of("Чукотский АО"), "Asia/Anadyr");
}

#[tokio::test]
async fn contract_types_say_when_their_end_comes_near() {
    let app = TestApp::new().await;
    let all = super::all(&mut *app.conn().await).await.expect("the dictionaries");
    assert_eq!(all.contract_types.len(), 4);
    for kind in &all.contract_types {
        let terms = kind.terms;
        assert!(!terms.is_annual, "{kind:?}");
        assert_eq!((terms.warning_days, terms.danger_days), (30, 14), "{kind:?}");
        assert_eq!(
            (terms.warning_amount.0, terms.danger_amount.0),
            (7_000_000, 2_500_000),
            "{kind:?}"
        );
    }
}
