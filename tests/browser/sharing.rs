//! Many callers of one page.

use std::time::Duration;

use crate::support::{Service, Site, fixtures};

#[tokio::test]
async fn many_callers_of_a_slow_page_cause_one_page_load_in_the_real_browser() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading(&site);
    let url = format!("{}/v1/timetables/slow0000000000000000", service.url);
    let hasty = service
        .client
        .get(&url)
        .timeout(Duration::from_millis(300))
        .send()
        .await;
    assert!(hasty.unwrap_err().is_timeout());
    let calls: Vec<_> = (0..20)
        .map(|_| tokio::spawn(service.client.get(&url).send()))
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status().as_u16(), 200);
    }
    assert_eq!(site.fixtures.page_loads("slow0000000000000000"), 1);
}
