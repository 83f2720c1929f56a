use super::*;
use crate::oob::bounds::{CONNECTIONS, CONVERSATION_BYTES};

/// Whether the server still does its work.
async fn assert_well(scene: &Scene, nth: u32) {
    let id = scene.id(nth);
    resolve(scene.address(Service::Dns), &format!("{id}.oob.test."), RecordType::A).await;
    converse(scene.address(Service::Http), format!("GET / HTTP/1.1\r\nHost: {id}.oob.test\r\n\r\n").as_bytes()).await;
    assert_eq!(scene.taken(&id, 60_000).await.len(), 2);
}

#[tokio::test]
async fn garbage_over_dns_is_no_harm() {
    let scene = Scene::new().await;
    let dns = scene.address(Service::Dns);
    let socket = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    for length in [0, 1, 11, 12, 13, 512, 4096, 9000] {
        socket.send_to(&vec![0xff; length], dns).await.unwrap();
        socket.send_to(&vec![0; length], dns).await.unwrap();
    }
    assert_eq!(converse(dns, &[0xff; 5000]).await, "");
    assert_eq!(
        converse(dns, &[0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]).await,
        ""
    );
    assert_well(&scene, 0).await;
}

#[tokio::test]
async fn endless_http_ends() {
    let scene = Scene::new().await;
    let http = scene.address(Service::Http);
    let mut stream = TcpStream::connect(http).await.unwrap();
    let line = [b'a'; 8192];
    let mut sent = 0;
    while sent < 64 << 20 && stream.write_all(&line).await.is_ok() {
        sent += line.len();
    }
    assert!(sent < 32 << 20, "it was cut off after {sent} bytes");
    assert_well(&scene, 0).await;
}

#[tokio::test]
async fn idle_connections_leave_places_for_others() {
    let scene = Scene::new().await;
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS / 2 {
        idle.push(TcpStream::connect(scene.address(Service::Http)).await.unwrap());
    }
    assert_well(&scene, 0).await;
}

#[tokio::test]
async fn a_flood_of_mail_ends_and_little_of_it_is_kept() {
    let scene = Scene::new().await;
    let smtp = scene.address(Service::Smtp);
    let id = scene.id(0);
    let start = format!("MAIL FROM:<>\r\nRCPT TO:<a@{id}.oob.test>\r\nDATA\r\n");
    let mut stream = TcpStream::connect(smtp).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    let line = [b'a'; 16 << 10];
    let mut sent = 0;
    while sent < 256 << 20 && stream.write_all(&line).await.is_ok() {
        sent += line.len();
    }
    assert!(sent < CONVERSATION_BYTES + (32 << 20), "it was cut off after {sent} bytes");
    let came = scene.taken(&id, 60_000).await;
    assert!(came[0].request.len() <= 64 << 10);

    let many: String = (0..100).map(|nth| format!("RCPT TO:<a@{}.oob.test>\r\n", scene.id(nth))).collect();
    assert!(converse(smtp, format!("{many}QUIT\r\n").as_bytes()).await.contains("452 4.5.3"));
    assert_eq!(converse(smtp, &[b'x'; 100_000]).await, "220 oob.test ESMTP\r\n");
    assert_well(&scene, 200).await;
}

#[tokio::test]
async fn ids_that_nobody_gave_out_are_not_kept() {
    let scene = Scene::new().await;
    let id = scene.id(0);
    let mut made_up = id.as_str().to_owned();
    made_up.replace_range(32.., if made_up.ends_with('y') { "b" } else { "y" });
    resolve(scene.address(Service::Dns), &format!("{made_up}.oob.test."), RecordType::A).await;
    let made_up = InteractionId::parse(&made_up).unwrap();
    assert!(scene.taken(&made_up, 50).await.is_empty());
}
