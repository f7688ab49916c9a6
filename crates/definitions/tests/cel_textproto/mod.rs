//! As much of protobuf's text format as the conformance tests are written in.

/// A message: its fields in order.
#[derive(Debug, Default)]
pub struct Node {
    pub fields: Vec<(String, Of)>,
}

/// What a field holds.
#[derive(Debug)]
pub enum Of {
    Text(String),
    Node(Node),
}

impl Of {
    pub fn text(&self) -> Option<&str> {
        if let Of::Text(text) = self { Some(text) } else { None }
    }
    pub fn node(&self) -> Option<&Node> {
        if let Of::Node(node) = self { Some(node) } else { None }
    }
}

impl Node {
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Of> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, of)| of)
    }
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name)?.1.text()
    }
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(field, _)| field == name)?.1.node()
    }
}

/// Reads a whole file.
pub fn read(source: &str) -> Result<Node, String> {
    let mut reader = Reader { rest: source.chars().collect(), at: 0 };
    let node = reader.message(None)?;
    Ok(node)
}

struct Reader {
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(c) = self.peek() {
            if c == '#' {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else if c.is_whitespace() || c == ',' || c == ';' {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn message(&mut self, end: Option<char>) -> Result<Node, String> {
        let mut node = Node::default();
        loop {
            self.space();
            match self.peek() {
                None if end.is_none() => return Ok(node),
                None => return Err("ends within a message".into()),
                Some(c) if Some(c) == end => {
                    self.at += 1;
                    return Ok(node);
                }
                Some(_) => {}
            }
            let name = self.name()?;
            self.space();
            if self.peek() == Some(':') {
                self.at += 1;
                self.space();
            }
            for of in self.values()? {
                node.fields.push((name.clone(), of));
            }
        }
    }

    /// A field's name, or the bracketed name of an Any.
    fn name(&mut self) -> Result<String, String> {
        let start = self.at;
        if self.peek() == Some('[') {
            while self.peek().is_some_and(|c| c != ']') {
                self.at += 1;
            }
            self.at += 1;
        } else {
            while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                self.at += 1;
            }
        }
        if start == self.at { Err(format!("no name at {start}")) } else { Ok(self.rest[start..self.at].iter().collect()) }
    }

    fn values(&mut self) -> Result<Vec<Of>, String> {
        if self.peek() != Some('[') {
            return Ok(vec![self.value()?]);
        }
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(']') {
                self.at += 1;
                return Ok(values);
            }
            values.push(self.value()?);
        }
    }

    fn value(&mut self) -> Result<Of, String> {
        match self.peek() {
            Some('{') => {
                self.at += 1;
                self.message(Some('}')).map(Of::Node)
            }
            Some('"' | '\'') => {
                let mut text = self.string()?;
                // Neighbouring strings are one.
                loop {
                    let before = self.at;
                    self.space();
                    if !matches!(self.peek(), Some('"' | '\'')) {
                        self.at = before;
                        return Ok(Of::Text(text));
                    }
                    text.push_str(&self.string()?);
                }
            }
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|c| !c.is_whitespace() && !"{}[],;#".contains(c)) {
                    self.at += 1;
                }
                Ok(Of::Text(self.rest[start..self.at].iter().collect()))
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let quote = self.peek().ok_or("ends before a string")?;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let c = self.peek().ok_or("ends within a string")?;
            self.at += 1;
            if c == quote {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
            if c != '\\' {
                bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
                continue;
            }
            self.escape(&mut bytes)?;
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), String> {
        let c = self.peek().ok_or("ends within an escape")?;
        self.at += 1;
        let digits = |reader: &mut Reader, most: usize, radix: u32| {
            let mut number = 0;
            for _ in 0..most {
                let Some(digit) = reader.peek().and_then(|c| c.to_digit(radix)) else { break };
                number = number * radix + digit;
                reader.at += 1;
            }
            number
        };
        match c {
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            'r' => bytes.push(b'\r'),
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'f' => bytes.push(12),
            'v' => bytes.push(11),
            'x' => bytes.push(digits(self, 2, 16) as u8),
            'u' | 'U' => {
                let number = digits(self, if c == 'u' { 4 } else { 8 }, 16);
                let letter = char::from_u32(number).unwrap_or('\u{fffd}');
                bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
            }
            '0'..='7' => {
                self.at -= 1;
                bytes.push(digits(self, 3, 8) as u8);
            }
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
        Ok(())
    }
}
