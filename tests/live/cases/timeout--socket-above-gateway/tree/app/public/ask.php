<?php
// A service that takes connections and never answers.
$service = stream_socket_server('tcp://127.0.0.1:0');
$client = fsockopen('tcp://' . stream_socket_get_name($service, false));
fgets($client);
echo "the service does not answer\n";
