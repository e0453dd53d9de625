//! Hostile pages: each tries to stay, to leave something for the next visit, or to answer in the
//! fleet's place.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use axum::{
    Router,
    extract::{Path, State},
    http::header::CONTENT_TYPE,
    response::{Html, IntoResponse},
    routing::get,
};

/// Writes into every store that takes it at once.
const STORE: &str = "const store=()=>{document.cookie='a=1';localStorage.a=sessionStorage.a='1';name='named';\
    caches.open('c');indexedDB.open('b')};\
    const listen=()=>{for(const e of['pagehide','unload','beforeunload','visibilitychange','freeze'])\
    for(const o of[self,document])o.addEventListener(e,store)};";

/// What the page does, by its name. Each has `#text` with its own name.
pub const PAGES: &[(&str, &str)] = &[
    // What a cleaning script would call or set is replaced.
    (
        "keeps-its-stores",
        "Storage.prototype.clear=Storage.prototype.removeItem=()=>{};\
         Document.prototype.open=document.open=()=>{};history.replaceState=()=>{throw 1};window.stop=()=>{};\
         store();Object.defineProperty(window,'name',{get:()=>'named',set(){}});\
         Object.defineProperty(window,'length',{get:()=>0});",
    ),
    (
        "buckets",
        "navigator.storageBuckets?.open('bucket');\
         navigator.storage.getDirectory().then(d=>d.getFileHandle('file',{create:true}));store()",
    ),
    // What goes on after the answer, by every kind of turn that a page can take.
    (
        "timers",
        "setInterval(store,1);requestAnimationFrame(function f(){store();requestAnimationFrame(f)})",
    ),
    (
        "messages",
        "const c=new MessageChannel();c.port1.onmessage=()=>{store();c.port2.postMessage(1)};c.port2.postMessage(1)",
    ),
    (
        "promises",
        "(async()=>{for(;;){await navigator.storage.estimate();store()}})()",
    ),
    (
        "digests",
        "(async()=>{for(;;){await crypto.subtle?.digest('SHA-1',new Uint8Array(9));await new Blob(['x']).text();store()}})()",
    ),
    (
        "requests",
        "(async()=>{for(;;){try{await fetch('/slow/50')}catch{}store();await new Promise(r=>setTimeout(r))}})()",
    ),
    (
        "one-request",
        "fetch('/slow/60000').catch(async()=>{for(let i=0;i<200;i++)await 0;store();fetch('/slow/60000').catch(store)})",
    ),
    (
        "calls",
        "(function f(){const x=new XMLHttpRequest();x.onloadend=f;x.open('GET','/plain?'+Math.random());x.send();store()})()",
    ),
    (
        "databases",
        "(function f(){const o=indexedDB.open('d'+Math.random());o.onsuccess=o.onerror=f;store()})()",
    ),
    (
        "locks",
        "navigator.locks?.request('l',()=>new Promise(()=>{}));(async()=>{for(;;){try{await navigator.locks.request('l',()=>1)}catch{}store()}})()",
    ),
    (
        "observers",
        "new MutationObserver(()=>{store();addEventListener('beforeunload',()=>{for(;;);})}).observe(document,{childList:true,subtree:true})",
    ),
    // Keeps its document, and listens for its end as late as it can.
    (
        "prevents-navigation",
        "navigation.addEventListener('navigate',e=>{store();e.preventDefault()});store()",
    ),
    // Knows the address that the last page's place was taken by, and lets no script of its successor run.
    (
        "pretends-to-be-gone",
        "const gone=navigation.entries().map(e=>new URL(e.url).pathname).filter(p=>p.startsWith('/left-'))[0];\
         const m=document.createElement('meta');m.httpEquiv='Content-Security-Policy';m.content=\"script-src 'nonce-a'\";\
         document.head.append(m);gone&&history.replaceState(null,'',gone);store();listen()",
    ),
    // Sees every text that becomes a script of its document.
    (
        "sees-scripts",
        "const m=document.createElement('meta');m.httpEquiv='Content-Security-Policy';\
         m.content=\"require-trusted-types-for 'script'\";\
         trustedTypes.createPolicy('default',{createHTML:t=>t,createScriptURL:t=>t,createScript:t=>{\
         history.replaceState(null,'',(/.left-[0-9a-f]+/.exec(decodeURIComponent(t))||['/plain'])[0]);return 'void store()'}});\
         document.head.append(m);store();listen()",
    ),
    (
        "goes-elsewhere",
        "for(const e of['beforeunload','pagehide','unload'])addEventListener(e,()=>{store();location='/slow/50'});store()",
    ),
    (
        "listens-in-observers",
        "new MutationObserver(()=>listen()).observe(document,{childList:true,subtree:true})",
    ),
    (
        "listens-in-elements",
        "customElements.define('x-y',class extends HTMLElement{disconnectedCallback(){listen()}});\
         document.body.append(document.createElement('x-y'))",
    ),
    (
        "listens-after-requests",
        "fetch('/slow/60000').catch(listen)",
    ),
    (
        "listens-after-calls",
        "const x=new XMLHttpRequest();x.onabort=x.onerror=x.onloadend=listen;x.open('GET','/slow/60000');x.send()",
    ),
    (
        "listens-after-locks",
        "navigator.locks?.request('l',()=>new Promise(()=>{}));navigator.locks?.request('l',()=>1).catch(listen);\
         new ReadableStream({cancel:listen}).getReader().closed.catch(listen);document.body.append(document.createElement('img'));\
         document.images[0].src='/slow/60000';document.images[0].decode().catch(listen);\
         const l=new FontFace('f','url(/slow/60000)');l.load().catch(listen)",
    ),
    (
        "elements",
        "customElements.define('x-y',class extends HTMLElement{disconnectedCallback(){store();\
         addEventListener('beforeunload',()=>{for(;;);})}});document.body.append(document.createElement('x-y'))",
    ),
    (
        "listeners",
        "for(const e of ['pagehide','unload','visibilitychange','freeze','resume','beforeunload'])\
         for(const t of [window,document])t.addEventListener(e,store)",
    ),
    (
        "never-leaves",
        "addEventListener('beforeunload',()=>{for(;;);})",
    ),
    // Others than the page itself.
    ("worker", "new Worker('/strangers/worker.js')"),
    (
        "blob-worker",
        "new Worker(URL.createObjectURL(new Blob(['setInterval(()=>{caches.open(\"c\");indexedDB.open(\"b\")},1)'])))",
    ),
    (
        "shared-worker",
        "store();new SharedWorker('/strangers/shared.js',{extendedLifetime:true})",
    ),
    (
        "blob-shared-worker",
        "store();new SharedWorker(URL.createObjectURL(new Blob([`setInterval(()=>fetch('${location.origin}/strangers/beat'),20)`])),\
         {extendedLifetime:true})",
    ),
    (
        "frame",
        "const f=document.createElement('iframe');document.body.append(f);f.contentWindow.setInterval(store,1)",
    ),
    (
        "sandboxed-frame",
        "const f=document.createElement('iframe');f.sandbox='allow-scripts';f.src='/strangers/never-leaves';document.body.append(f)",
    ),
    // A frame in a process of its own never lets the next navigation begin, and the cleaning is told that there is none.
    (
        "stays-in-place",
        "const f=document.createElement('iframe');f.sandbox='allow-scripts';f.src='/strangers/never-leaves';\
         document.body.append(f);Object.defineProperty(window,'length',{get:()=>0});\
         Document.prototype.open=Document.prototype.close=document.open=()=>{};window.stop=()=>{};",
    ),
    (
        "late-frame",
        "setTimeout(()=>document.body.append(document.createElement('iframe')),1)",
    ),
    // The ground that a script stands on.
    (
        "replaces-all",
        "const lie=()=>'forged';Function.prototype.apply=Function.prototype.call=lie;Array.from=lie;\
         Array.prototype[Symbol.iterator]=lie;Array.prototype.push=lie;JSON.stringify=JSON.parse=lie;\
         Object.assign=lie;Object.defineProperty=lie;window.setTimeout=lie;window.MutationObserver=lie;\
         window.PerformanceObserver=lie;performance.now=performance.getEntriesByType=lie;\
         Document.prototype.querySelector=Document.prototype.getElementById=lie;window.getComputedStyle=lie;\
         EventTarget.prototype.addEventListener=EventTarget.prototype.dispatchEvent=lie;\
         Object.defineProperty(Node.prototype,'textContent',{get:lie});",
    ),
    (
        "replaces-promise",
        "window.Promise=class{then(f){f&&f('forged');return this}catch(){return this}};",
    ),
    (
        "replaces-then",
        "Promise.prototype.then=function(f){f&&f('forged');return this};Object.prototype.toJSON=()=>'forged';",
    ),
    (
        "looks-for-the-driver",
        "for(const k of Object.getOwnPropertyNames(window))if(/cdc_|fleet|record/.test(k))try{window[k]=()=>'forged'}catch{}",
    ),
];

pub fn pages() -> Router {
    let beats = Arc::new(AtomicU64::new(0));
    Router::new()
        .route(
            "/strangers/worker.js",
            get(async || script("setInterval(()=>{caches.open('c');indexedDB.open('b')},1)")),
        )
        .route(
            "/strangers/shared.js",
            get(async || script("setInterval(()=>fetch('/strangers/beat'),20)")),
        )
        .route("/strangers/beat", get(beat))
        .route("/strangers/beats", get(told))
        .route("/strangers/{page}", get(page))
        .with_state(beats)
}

fn script(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript")], text)
}

/// A worker reports that it is alive.
async fn beat(State(beats): State<Arc<AtomicU64>>) {
    beats.fetch_add(1, Relaxed);
}

async fn told(State(beats): State<Arc<AtomicU64>>) -> Html<String> {
    Html(format!("<p id=text>{}", beats.load(Relaxed)))
}

async fn page(Path(name): Path<String>) -> Html<String> {
    let script = PAGES.iter().find(|(page, _)| *page == name);
    let script = script.map_or("", |(_, script)| script);
    let text = format!("<p id=text>{name}");
    Html(if script.contains("lie") || script.contains("forged") {
        format!("<body><script>{STORE}{script}</script>{text}")
    } else {
        // The page has got going when it is read.
        let show =
            format!("setTimeout(()=>document.body.insertAdjacentHTML('beforeend','{text}'),100)");
        format!("<body><script>{STORE}{show};{script}</script>")
    })
}
