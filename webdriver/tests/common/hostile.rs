//! Pages that run a stranger's script, by their name below `/hostile/`.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command},
};

use axum::{extract::Path, response::Html};

/// Part of everything that a hostile page writes. The pages build it at run time, so that their own
/// source, which the HTTP cache keeps, does not contain it.
pub const MARK: &str = "left-behind-by-a-page";

/// An identifier as in links, which messages of drivers and pages may contain.
pub const IDENTIFIER: &str = "weekday0000000000000";

/// An error message with addresses, an identifier, control characters and an endless line.
pub fn words() -> String {
    let address = format!("http://a.example/@{IDENTIFIER}");
    format!("\x1b[31m{address}\r{IDENTIFIER} {}", address.repeat(20_000))
}

/// Answers with the page of that name.
pub async fn page(Path(page): Path<String>) -> Html<&'static str> {
    Html(match page.as_str() {
        "writes" => WRITES,
        "calls-home" => CALLS_HOME,
        "hoards" => HOARDS,
        _ => "<p id=text>?",
    })
}

/// Ports of this machine that [`CALLS_HOME`] tries.
pub const FORBIDDEN: [u16; 3] = [3478, 3479, 4433];

/// Tries every way out that a script has, to addresses and names: in the page, in frames, in workers.
const CALLS_HOME: &str = include_str!("calls-home.html");

const WRITES: &str = "<body><script>
const line=(['left','behind','by','a','page'].join('-')+' ').repeat(1000);
const write=()=>{for(let n=0;n<20;n+=1){console.log(line);console.error(line);console.warn(line);try{dump(line)}catch{}
    setTimeout(()=>{throw new Error(line)})}};
const worker=new Worker(URL.createObjectURL(new Blob(['const line='+JSON.stringify(line)+
    ';for(let n=0;n<1000;n+=1)console.log(line)'])));
let times=0;const writing=setInterval(()=>{write();times+=1;
    if(times===25){clearInterval(writing);document.body.innerHTML='<p id=text>written'}},1);
</script>";

/// Allocates 2.4 GiB outside the JavaScript heap, piece by piece, and never finishes.
const HOARDS: &str = "<script>self.kept=[];const hoard=()=>{
self.kept.push(new Uint8Array(16<<20).fill(7));if(self.kept.length<150)setTimeout(hoard,1)};hoard()</script>";

/// A program that uses a processor in that process group.
pub fn busy_in(group: u32) -> Child {
    let group = group.cast_signed();
    let mut busy = Command::new("sh");
    busy.args(["-c", "while :; do :; done"])
        .process_group(group);
    busy.spawn().unwrap()
}
