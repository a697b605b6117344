<?php printf("arguments: %d\n", count($_GET));
