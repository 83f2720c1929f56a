use Dancer2;
set port => $ENV{LAB_PORT};
set host => '127.0.0.1';
get '/' => sub { '<!doctype html><title>Lab</title><h1>Hello</h1>' };
dance;
