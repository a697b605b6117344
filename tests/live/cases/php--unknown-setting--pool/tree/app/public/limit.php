<?php
echo "memory_limit is ", ini_get('memory_limit'), "\n";
