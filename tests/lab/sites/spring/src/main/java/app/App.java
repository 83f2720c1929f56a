package app;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.*;
import java.util.Map;
@SpringBootApplication @RestController
public class App {
  public static void main(String[] args) { SpringApplication.run(App.class, args); }
  @GetMapping("/") Map<String, Object> home() { return Map.of("service", "orders", "version", 3); }
  @GetMapping("/boom") String boom() { throw new IllegalStateException("boom"); }
}
