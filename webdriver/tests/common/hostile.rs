//! Pages that run a stranger's script, by the name below `/hostile/`.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command},
};

use axum::{extract::Path, response::Html};

/// Stands in everything that a hostile page writes. The pages put it together themselves, so that their own text,
/// which the HTTP cache keeps, does not hold it.
pub const MARK: &str = "left-behind-by-a-page";

/// An identifier as it stands in links, in words that drivers and pages say.
pub const IDENTIFIER: &str = "weekday0000000000000";

/// What an error may say: an address with an identifier, control characters, and a line without end.
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

/// Tries every way out that a script has, to addresses and names of its choice: in the page, in frames, in workers.
const CALLS_HOME: &str = include_str!("calls-home.html");

const WRITES: &str = "<script>
const line=(['left','behind','by','a','page'].join('-')+' ').repeat(1000);
const write=()=>{for(let n=0;n<20;n+=1){console.log(line);console.error(line);console.warn(line);try{dump(line)}catch{}
    setTimeout(()=>{throw new Error(line)})}};
const worker=new Worker(URL.createObjectURL(new Blob(['const line='+JSON.stringify(line)+
    ';for(let n=0;n<1000;n+=1)console.log(line)'])));
let times=0;const writing=setInterval(()=>{write();times+=1;
    if(times===25){clearInterval(writing);document.body.innerHTML='<p id=text>written'}},1);
</script><body>";

/// Takes 2.4 GiB that no JavaScript heap counts, a piece at a time, and never comes to an end.
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
