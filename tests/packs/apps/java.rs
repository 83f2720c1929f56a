//! Java: Spring Boot of two generations, with what tends to stand beside it.

use super::super::site::{Asked, Said};
use super::{html, json, password, text};

/// Spring Boot 3 with every endpoint exposed, on a Tomcat with its manager.
pub(super) fn today(asked: &Asked<'_>) -> Option<Said> {
    let secret = password();
    Some(match asked.target {
        "/" => html("<!doctype html><title>Orders</title><h1>Orders</h1>"),
        "/actuator" => json(
            r#"{"_links":{"self":{"href":"http://a/actuator","templated":false},"env":{"href":"http://a/actuator/env","templated":false}}}"#,
        ),
        "/actuator/env" => json(format!(
            r#"{{"activeProfiles":["prod"],"defaultProfiles":["default"],"propertySources":[{{"name":"server.ports","properties":{{"local.server.port":{{"value":8080}}}}}},{{"name":"systemEnvironment","properties":{{"SPRING_DATASOURCE_PASSWORD":{{"value":"{secret}","origin":"System Environment Property"}}}}}}]}}"#
        )),
        "/actuator/configprops" => json(
            r#"{"contexts":{"orders":{"beans":{"spring.datasource-org.DataSourceProperties":{"prefix":"spring.datasource","properties":{"password":"******"},"inputs":{"password":{"value":"******"}}}},"parentId":null}}}"#,
        ),
        "/actuator/heapdump" => {
            Said::new(206, "application/octet-stream", *b"JAVA PROFILE 1.0.2\0\0\0\0\x08\0\0\x01\x8d")
        }
        "/actuator/threaddump" => json(
            r#"{"threads":[{"threadName":"http-nio-8080-exec-1","threadId":31,"threadState":"RUNNABLE","stackTrace":[]}]}"#,
        ),
        "/actuator/mappings" => json(
            r#"{"contexts":{"orders":{"mappings":{"dispatcherServlets":{"dispatcherServlet":[{"handler":"Orders#all()","predicate":"{GET [/orders]}"}]},"servletFilters":[]},"parentId":null}}}"#,
        ),
        "/actuator/beans" => json(
            r#"{"contexts":{"orders":{"beans":{"orders":{"aliases":[],"scope":"singleton","type":"example.Orders","dependencies":[]}}}}}"#,
        ),
        "/actuator/loggers" => json(
            r#"{"levels":["OFF","ERROR","WARN","INFO","DEBUG","TRACE"],"loggers":{"ROOT":{"configuredLevel":"INFO","effectiveLevel":"INFO"}},"groups":{}}"#,
        ),
        "/actuator/httpexchanges" => json(
            r#"{"exchanges":[{"timestamp":"2026-02-03T04:05:06Z","request":{"uri":"http://a/orders","method":"GET","headers":{"cookie":["SESSION=a"]}},"response":{"status":200,"headers":{}},"timeTaken":"PT0.01S"}]}"#,
        ),
        "/actuator/health" => json(
            r#"{"status":"UP","components":{"diskSpace":{"status":"UP","details":{"total":1,"free":1,"path":"/srv/."}}}}"#,
        ),
        "/actuator/prometheus" => Said::new(
            200,
            "text/plain;version=0.0.4",
            "# HELP http_server_requests_seconds\n# TYPE http_server_requests_seconds summary\nhttp_server_requests_seconds_count{uri=\"/orders\"} 3.0\n",
        ),
        "/v3/api-docs" => json(r#"{"openapi":"3.0.1","info":{"title":"Orders","version":"1"},"paths":{"/orders":{}}}"#),
        "/swagger-ui/index.html" => html(r#"<title>Swagger UI</title><div id="swagger-ui"></div>"#),
        "/manager/html" => html(
            r#"<html><head><title>/manager</title></head><body><form method="post" action="/manager/html/upload?nonce=1"></form>"#,
        ),
        "/h2-console/" => {
            html("<title>H2 Console</title><script>location.href = 'login.jsp?jsessionid=2264';</script>")
        }
        _ => return None,
    })
}

/// Spring Boot 1, JBoss 5, Eureka and a Flink that takes programs.
pub(super) fn yesterday(asked: &Asked<'_>) -> Option<Said> {
    Some(match asked.target {
        "/env" => json(
            r#"{"profiles":["prod"],"server.ports":{"local.server.port":8080},"systemProperties":{"java.version":"1.8.0_181","user.dir":"/srv"},"systemEnvironment":{"PATH":"/usr/local/bin:/usr/bin","DB_PASSWORD":"******"}}"#,
        ),
        "/heapdump" => Said::new(200, "application/octet-stream", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0])
            .with("Content-Disposition", "attachment; filename=\"heapdump2026-02-03-04-05.hprof.gz\""),
        "/trace" => json(
            r#"[{"timestamp":1770091445000,"info":{"method":"GET","path":"/account","headers":{"request":{"cookie":"JSESSIONID=a"},"response":{"status":"200"}}}}]"#,
        ),
        "/dump" => json(r#"[{"threadName":"main","threadId":1,"threadState":"WAITING","stackTrace":[]}]"#),
        "/configprops" => {
            json(r#"{"spring.datasource-x":{"prefix":"spring.datasource","properties":{"password":"******"}}}"#)
        }
        "/mappings" => json(
            r#"{"{[/error]}":{"bean":"requestMappingHandlerMapping","method":"public example.View example.Errors.show()"}}"#,
        ),
        "/beans" => json(r#"[{"context":"application","parent":null,"beans":[{"bean":"shop","scope":"singleton"}]}]"#),
        "/jolokia" => json(
            r#"{"request":{"type":"version"},"value":{"agent":"1.3.7","protocol":"7.2","config":{}},"timestamp":1,"status":200}"#,
        ),
        "/jmx-console/" => html(
            r#"<title>JBoss JMX Management Console - web01</title><a href="HtmlAdaptor?action=inspectMBean&amp;name=jboss.system">x</a>"#,
        ),
        "/invoker/JMXInvokerServlet" => Said::new(
            200,
            "application/x-java-serialized-object; class=org.jboss.invocation.MarshalledValue",
            [0xac, 0xed, 0, 5, 0x73, 0x72],
        ),
        "/eureka/apps" => Said::new(
            200,
            "application/xml",
            "<applications>\n  <versions__delta>1</versions__delta>\n  <apps__hashcode>UP_3_</apps__hashcode>\n  <application><name>CART</name></application>\n</applications>",
        ),
        "/config" => json(
            r#"{"refresh-interval":3000,"flink-version":"1.11.2","flink-revision":"fe36135","features":{"web-submit":true}}"#,
        ),
        "/version" => text("1.5.22\n"),
        _ => return None,
    })
}
