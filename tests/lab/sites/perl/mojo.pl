use Mojolicious::Lite -signatures;
get '/' => sub ($c) { $c->render(text => '<!doctype html><title>Lab</title><h1>Hello</h1>') };
app->start;
