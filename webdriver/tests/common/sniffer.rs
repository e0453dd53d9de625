//! A network of its own for one test: a default route that leads nowhere, a resolver, and a sniffer on
//! both. It needs root and namespaces. Without them the test prints that it is skipped.

use std::{
    fs,
    net::{IpAddr, UdpSocket},
    num::NonZeroU32,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use rustix::net::{AddressFamily, Protocol, RecvFlags, SocketType, recv, socket};

/// Set inside the namespaces.
const MARK: &str = "WEBDRIVER_FLEET_TEST_SNIFFER";

/// A process namespace, so that all processes end with the test.
const NAMESPACES: [&str; 6] = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];

/// The default route is one end of a pair whose other end does not listen. Without ARP each packet is
/// sent at once.
const ENTER: &str = r#"
ip link set lo up &&
ip link add out type veth peer name nowhere &&
ip link set out arp off addrgenmode none && ip link set nowhere arp off addrgenmode none &&
ip link set out up && ip link set nowhere up &&
ip addr add 198.51.100.2/24 dev out && ip route add default via 198.51.100.1 &&
{ ip -6 addr add 2001:db8:1::2/64 dev out nodad && ip -6 route add default via 2001:db8:1::1 || true; } &&
mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/resolv.conf" /etc/resolv.conf && exec "$@""#;

/// Where the resolver listens.
const RESOLVER: &str = "127.0.0.53";

/// Whether this process is in such a network. If not, runs the test of that name again in one.
pub fn is_inside(test: &str) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let allowed = Command::new("unshare")
        .args(NAMESPACES)
        .arg("true")
        .output();
    match allowed {
        Ok(ended) if ended.status.success() => run_inside(test),
        refused => println!("skipped: no namespaces here: {refused:?}"),
    }
    false
}

fn run_inside(test: &str) {
    let (_, test) = test.split_once("::").unwrap();
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test.replace("::", "-"));
    fs::create_dir_all(&dir).unwrap();
    let own = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    fs::write(dir.join("hosts"), format!("127.0.0.1 localhost {own}")).unwrap();
    fs::write(dir.join("resolv.conf"), format!("nameserver {RESOLVER}\n")).unwrap();
    let ended = Command::new("unshare")
        .args(NAMESPACES)
        .args(["sh", "-c", ENTER])
        .arg(&dir)
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let errors = String::from_utf8_lossy(&ended.stderr);
    println!("{said}");
    assert!(ended.status.success(), "{errors}");
    assert!(said.contains("1 passed"), "{errors}");
}

/// Where a packet wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packet {
    pub to: IpAddr,
    /// 6 is TCP, 17 is UDP.
    pub protocol: u8,
    /// 0 where the protocol has none.
    pub port: u16,
    /// The port it comes from.
    pub from: u16,
    /// It begins a connection.
    pub begins: bool,
}

const TCP: u8 = 6;
const UDP: u8 = 17;
/// The kernel's own words about its neighbours, and the header they come in.
const ICMP6: [u8; 2] = [58, 0];

impl Packet {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (to, protocol, rest) = match bytes.first()? >> 4 {
            4 => {
                let to: [u8; 4] = bytes.get(16..20)?.try_into().ok()?;
                let header = usize::from(bytes[0] & 0xf) * 4;
                (to.into(), *bytes.get(9)?, bytes.get(header..)?)
            }
            6 => {
                let to: [u8; 16] = bytes.get(24..40)?.try_into().ok()?;
                (to.into(), *bytes.get(6)?, bytes.get(40..)?)
            }
            _ => return None,
        };
        let port = |at: usize| match (protocol, rest.get(at..at + 2)) {
            (TCP | UDP, Some(port)) => u16::from_be_bytes([port[0], port[1]]),
            _ => 0,
        };
        let flags = rest.get(13).copied().unwrap_or_default();
        Some(Self {
            to,
            protocol,
            port: port(2),
            from: port(0),
            begins: protocol == TCP && flags & 0x12 == 0x02,
        })
    }

    /// Nothing leaves the machine, and on it only TCP connections and questions to the resolver are made.
    fn is_of_the_machine(&self) -> bool {
        if !self.to.is_loopback() {
            return ICMP6.contains(&self.protocol);
        }
        self.protocol == TCP || (self.protocol == UDP && (self.port == 53 || self.from == 53))
    }
}

/// What was sent and asked in this network.
#[derive(Debug, Clone, Default)]
pub struct Sniffer {
    packets: Arc<Mutex<Vec<Packet>>>,
    names: Arc<Mutex<Vec<String>>>,
}

impl Sniffer {
    /// Begins to listen. The resolver knows `name` as this machine, and no other.
    pub fn start(name: &'static str) -> Self {
        let sniffer = Self::default();
        let every = u32::from(3_u16.to_be());
        let every = Protocol::from_raw(NonZeroU32::new(every).unwrap());
        let packets = socket(AddressFamily::PACKET, SocketType::DGRAM, Some(every)).unwrap();
        let resolver = UdpSocket::bind((RESOLVER, 53)).unwrap();
        let (heard, asked) = (sniffer.clone(), sniffer.clone());
        thread::spawn(move || {
            let mut bytes = [0; 256];
            loop {
                let (count, _) = recv(&packets, &mut bytes, RecvFlags::empty()).unwrap();
                heard
                    .packets
                    .lock()
                    .unwrap()
                    .extend(Packet::read(&bytes[..count]));
            }
        });
        thread::spawn(move || {
            let mut question = [0; 1500];
            while let Ok((count, from)) = resolver.recv_from(&mut question) {
                let (asked_for, answer) = answer(&question[..count], name);
                asked.names.lock().unwrap().push(asked_for);
                let _ = resolver.send_to(&answer, from);
            }
        });
        sniffer
    }

    /// Packets that left the machine, or that nothing of the fleet sends on it: neither TCP nor for the
    /// resolver, or a connection to a `forbidden` port.
    pub fn strays(&self, forbidden: &[u16]) -> Vec<Packet> {
        let packets = self.packets.lock().unwrap();
        let is_stray = |packet: &&Packet| {
            !packet.is_of_the_machine() || (packet.begins && forbidden.contains(&packet.port))
        };
        let mut strays: Vec<_> = packets.iter().filter(is_stray).copied().collect();
        strays.sort_unstable();
        strays.dedup();
        strays
    }

    /// Connections begun on this machine.
    pub fn connections(&self) -> usize {
        let packets = self.packets.lock().unwrap();
        packets.iter().filter(|packet| packet.begins).count()
    }

    /// Names that the resolver was asked for.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.names.lock().unwrap().clone();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The name in the question, and the answer: for `known` this machine's IPv4 address and no other
/// record, for any other name "no such name".
fn answer(question: &[u8], known: &str) -> (String, Vec<u8>) {
    let (mut labels, mut at) = (Vec::new(), 12);
    while let Some(&length @ 1..) = question.get(at) {
        let label = question
            .get(at + 1..at + 1 + usize::from(length))
            .unwrap_or_default();
        labels.push(String::from_utf8_lossy(label).into_owned());
        at += 1 + usize::from(length);
    }
    let name = labels.join(".").to_lowercase();
    let asks_for_address = question.get(at + 1..at + 3) == Some(&[0, 1]);
    let (code, answers) = match (name == known, asks_for_address) {
        (true, true) => (0, 1),
        (true, false) => (0, 0),
        (false, _) => (3, 0),
    };
    let mut answer = question[..2].to_vec();
    answer.extend([0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0]);
    answer.extend(question.get(12..at + 5).unwrap_or_default());
    if answers == 1 {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    (name, answer)
}
