//! Every layout that amoCRM and Excel make, from bytes to the base.

use super::{counts, import, made, report, value};
use crate::demo::amo::Layout;
use crate::imports::reading::Table;
use crate::testing::TestApp;

#[test]
fn every_layout_is_read_row_for_row() {
    for layout in Layout::ALL {
        let table =
            Table::open(made(layout, 120, false), None).unwrap_or_else(|why| panic!("{}: {why}", layout.code()));
        assert_eq!(table.rows, 120, "{}", layout.code());
        assert!(table.head.is_of_amo(), "{}", layout.code());
        let problems: Vec<_> = table.rows().filter_map(|row| row.problem).collect();
        let most = if layout == Layout::BrokenQuotes { 2 } else { 0 };
        assert!(problems.len() <= most, "{}: {problems:?}", layout.code());
        assert_eq!(table.head.is_paired(), is_of_deals(layout), "{}", layout.code());
    }
}

fn is_of_deals(layout: Layout) -> bool {
    matches!(layout, Layout::Leads2022 | Layout::Xlsx2025 | Layout::Template)
}

#[tokio::test]
async fn every_layout_is_imported_once() {
    for layout in Layout::ALL {
        let app = TestApp::new().await;
        let bytes = made(layout, 150, false);
        let first = import(&app, bytes.clone()).await;
        let text = report(&app, &first).await;
        let most = if layout == Layout::BrokenQuotes { 3 } else { 0 };
        assert!(first.refused <= most, "{}: {text}", layout.code());
        assert_eq!(first.skipped, 0, "{}: {text}", layout.code());
        let state = "SELECT md5(string_agg(companies::text, '' ORDER BY id)) FROM companies";
        let before = (
            value(&app, state).await,
            value(&app, "SELECT count(*) FROM notes").await,
        );
        assert_ne!(value(&app, "SELECT count(*) FROM companies").await, "0");
        let second = import(&app, bytes).await;
        let text = report(&app, &second).await;
        assert_eq!(counts(&second)[..2], [0, 0], "{}: {text}", layout.code());
        let after = (
            value(&app, state).await,
            value(&app, "SELECT count(*) FROM notes").await,
        );
        assert_eq!(after, before, "{}", layout.code());
    }
}
