//! Both places keep the same promises; the bucket is a stand-in that speaks as much S3 as is asked of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;

use super::place::Place;
use super::{PART, Store};
use crate::config::S3;

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<u32, Vec<u8>>,
    unsigned: usize,
}

/// One request of S3: an object whole, or in parts.
async fn speak(State(bucket): State<Bucket>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, PART * 2).await.expect("a body");
    let mut kept = bucket.0.lock().expect("nobody panicked");
    kept.unsigned += usize::from(!is_signed(&parts.headers));
    let key = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default();
    let etag = [("etag", "\"1\""), ("last-modified", "Wed, 25 Nov 2026 12:00:00 GMT")];
    if parts.method == Method::POST && query.contains("uploads") {
        let xml = "<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>";
        return xml.into_response();
    }
    if parts.method == Method::POST {
        let whole = std::mem::take(&mut kept.parts).into_values().flatten().collect();
        kept.objects.insert(key, whole);
        return "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>".into_response();
    }
    let part = query.split('&').find_map(|pair| pair.strip_prefix("partNumber="));
    match (parts.method.as_str(), part) {
        ("PUT", Some(number)) => {
            kept.parts.insert(number.parse().expect("a number"), bytes.to_vec());
            etag.into_response()
        }
        ("PUT", None) => {
            kept.objects.insert(key, bytes.to_vec());
            etag.into_response()
        }
        ("GET" | "HEAD", _) => match kept.objects.get(&key) {
            Some(found) => (etag, found.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => {
            kept.parts.clear();
            kept.objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

fn is_signed(headers: &HeaderMap) -> bool {
    let sign = headers.get("authorization").and_then(|value| value.to_str().ok());
    sign.is_some_and(|sign| sign.starts_with("AWS4-HMAC-SHA256 Credential=key-of-tests/"))
}

async fn bucket() -> (Store, Bucket) {
    let bucket = Bucket::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(speak).with_state(bucket.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let s3 = S3 {
        bucket: "crm".to_owned(),
        endpoint: Some(endpoint),
        region: "us-east-1".to_owned(),
        access_key: "key-of-tests".to_owned().into(),
        secret_key: "not a secret".to_owned().into(),
    };
    (Store::at(Place::Bucket(s3)), bucket)
}

async fn put(store: &Store, bytes: &[u8]) {
    let mut writer = store.write(KEY).expect("a store");
    for piece in bytes.chunks(700_001) {
        writer.write(piece).await.expect("a piece");
    }
    writer.finish().await.expect("the end");
}

async fn keeps_its_promises(store: &Store) {
    assert!(store.read(KEY).await.expect("an answer").is_none());
    // Small enough for one request, and large enough for several.
    for size in [1, PART * 2 + 17] {
        let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).expect("small")).collect();
        put(store, &bytes).await;
        assert_eq!(store.size(KEY).await.expect("an answer"), Some(size as u64));
        let reading = store.read(KEY).await.expect("an answer").expect("bytes");
        assert_eq!(reading.size, size as u64);
        let read: Vec<Bytes> = reading.pieces.try_collect().await.expect("pieces");
        assert!(read.concat() == bytes, "{size} bytes come back as they were");
        store.take_back(KEY).await.expect("gone");
        assert_eq!(store.size(KEY).await.expect("an answer"), None);
        // What is not there is removed as well.
        store.take_back(KEY).await.expect("gone already");
    }
    let mut writer = store.write(KEY).expect("a store");
    writer.write(&vec![0; PART * 2]).await.expect("pieces");
    writer.abort().await.expect("an end");
    assert_eq!(store.size(KEY).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_folder_keeps_files_and_shows_them_to_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().expect("a place");
    let folder = place.path().join("files");
    let store = Store::at(Place::Folder(folder.clone()));
    keeps_its_promises(&store).await;
    let mode = std::fs::metadata(&folder).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // A process that died in the middle leaves its half beside.
    put(&store, b"whole").await;
    let half = folder.join(format!("01/{KEY}#1"));
    std::fs::write(&half, b"ha").expect("a half");
    store.take_back(KEY).await.expect("gone");
    assert!(!half.exists());
}

#[tokio::test]
async fn a_bucket_keeps_files_and_every_request_is_signed() {
    let (store, bucket) = bucket().await;
    keeps_its_promises(&store).await;
    put(&store, b"whole").await;
    let kept = bucket.0.lock().expect("nobody panicked");
    assert_eq!(kept.objects.keys().collect::<Vec<_>>(), [&format!("/crm/01/{KEY}")]);
    assert_eq!(kept.unsigned, 0);
}

#[tokio::test]
async fn a_silent_bucket_is_an_error_of_its_own() {
    let s3 = S3 {
        bucket: "crm".to_owned(),
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        region: "us-east-1".to_owned(),
        access_key: "a".to_owned().into(),
        secret_key: "b".to_owned().into(),
    };
    let refused = Store::at(Place::Bucket(s3)).size(KEY).await;
    assert!(matches!(refused, Err(crate::error::Error::StoreUnavailable(_))));
}
