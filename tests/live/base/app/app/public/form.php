<?php
printf("fields received: %d\n", count($_POST));
