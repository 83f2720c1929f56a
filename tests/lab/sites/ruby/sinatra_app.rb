require 'sinatra'
set :bind, '127.0.0.1'
set :port, ARGV[0].to_i
get('/') { '<!doctype html><title>Lab</title><h1>Hello</h1>' }
get('/boom') { raise 'boom' }
