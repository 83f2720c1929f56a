<?php session_start(); ?>
<!doctype html><title>Lab</title><h1>Hello</h1><form method="post"><input name="user"></form>
