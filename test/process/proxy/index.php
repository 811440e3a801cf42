<?php
// A PHP application behind one script: tells what it was asked, and fails, streams and redirects on demand.
$path = $_SERVER['PATH_INFO'] ?? '';
if ($path === '/redirect') { header('Location: /name/a'); exit; }
if ($path === '/cookies') { setcookie('a', '1'); setcookie('b', '2'); echo 'ok'; exit; }
if ($path === '/missing') { http_response_code(404); echo 'nowhere'; exit; }
if ($path === '/nothing') { http_response_code(204); exit; }
if ($path === '/big') { header('Content-Type: application/octet-stream'); echo str_repeat('x', 3000000); exit; }
if ($path === '/upload') {
  $file = $_FILES['file'];
  header('Content-Type: application/json');
  echo json_encode([$file['name'], $file['size'], $_POST['t']]);
  exit;
}
header('Content-Type: application/json');
echo json_encode([
  'method' => $_SERVER['REQUEST_METHOD'],
  'path' => $path,
  'query' => $_GET,
  'uri' => $_SERVER['REQUEST_URI'],
  'body' => file_get_contents('php://input'),
  'type' => $_SERVER['CONTENT_TYPE'] ?? '',
  'cookie' => $_COOKIE,
  'host' => $_SERVER['HTTP_HOST'],
  'header' => $_SERVER['HTTP_X_TEST'] ?? null,
]);
