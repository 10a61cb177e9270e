namespace InstructKit.Yaml;

/// <summary>Writes readable YAML that <see cref="YamlFile"/> reads back to exactly the same texts: words plain, multi-line texts as
/// literal blocks if a block keeps every character, everything else in double quotes. The same calls yield the same bytes.</summary>
internal sealed class YamlWriter
{
    private const int Step = 2;

    // Longer texts with quotes or backslashes in them are easier to read in a block.
    private const int MaxQuotedLength = 100;

    private readonly StringBuilder _text = new();
    private int _indent;
    private bool _beginsItem;

    /// <summary>Writes a comment on its own line; line ends and unprintable characters in it become blanks.</summary>
    public void Comment(string text) => Line($"# {YamlText.Printable(text)}");

    /// <summary>Writes a key with a text on the same line.</summary>
    public void Entry(string key, string text) => Line($"{YamlText.Inline(key)}: {YamlText.Inline(text)}");

    /// <summary>Writes a key with true, false, null or a number; unchanged.</summary>
    public void Bare(string key, string word) => Line($"{YamlText.Inline(key)}: {word}");

    /// <summary>Writes a key with a text of any length: as a literal block if that preserves it and is easier to read.</summary>
    public void Block(string key, string text)
    {
        var oneLine = !text.Contains('\n', StringComparison.Ordinal);
        if (!YamlText.FitsBlock(text) || (oneLine && (YamlText.IsPlain(text) || (text.Length <= MaxQuotedLength && text.AsSpan().IndexOfAny('"', '\\') < 0))))
        {
            Entry(key, text);
            return;
        }

        Line($"{YamlText.Inline(key)}: {(text.EndsWith('\n') ? "|" : "|-")}");
        foreach (var line in (text.EndsWith('\n') ? text[..^1] : text).Split('\n'))
            _text.Append(' ', line.Length == 0 ? 0 : _indent + Step).Append(line).Append('\n');
    }

    /// <summary>Writes a key with a list of texts on the same line.</summary>
    public void FlowList(string key, IEnumerable<string> texts) => Line($"{YamlText.Inline(key)}: {YamlText.Brackets(texts.Select(YamlText.Inline))}");

    /// <summary>Writes a key with a mapping of texts on the same line.</summary>
    public void FlowMap(string key, IEnumerable<(string Key, string Value)> entries)
    {
        var parts = string.Join(", ", entries.Select(entry => $"{YamlText.Inline(entry.Key)}: {YamlText.Inline(entry.Value)}"));
        Line($"{YamlText.Inline(key)}: {(parts.Length == 0 ? "{}" : $"{{ {parts} }}")}");
    }

    /// <summary>Starts a mapping or a list under a key; <see cref="End"/> ends it.</summary>
    public void Begin(string key)
    {
        Line($"{YamlText.Inline(key)}:");
        _indent += Step;
    }

    /// <summary>Starts a list item that is a mapping; <see cref="End"/> ends it. The next line gets the dash.</summary>
    public void BeginItem()
    {
        _indent += Step;
        _beginsItem = true;
    }

    /// <summary>Ends the innermost open mapping, list or item.</summary>
    public void End() => _indent -= Step;

    /// <summary>Writes a key with a node read from another file; tags are omitted.</summary>
    public void Node(string key, YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { IsNull: true }: Bare(key, "null"); break;
            case YamlScalar { Plain: true } word when YamlText.IsBare(word.Text): Bare(key, word.Text); break;
            case YamlScalar scalar: Block(key, scalar.Text); break;
            case YamlList list when list.Items.All(item => item is YamlScalar):
                Line($"{YamlText.Inline(key)}: {YamlText.Brackets(list.Items.Cast<YamlScalar>().Select(YamlText.Inline))}");
                break;
            case YamlList list:
                Begin(key);
                foreach (var item in list.Items) Item(item);

                End();
                break;
            case YamlMap { Entries.Count: 0 }: Bare(key, "{}"); break;
            case YamlMap map:
                Begin(key);
                Entries(map);
                End();
                break;
        }
    }

    /// <summary>The text written so far.</summary>
    public override string ToString() => _text.ToString();

    private void Entries(YamlMap map)
    {
        foreach (var entry in map.Entries) Node(entry.Key.Text, entry.Value);
    }

    // A list in a list has no short form of its own; a key identifies it.
    private void Item(YamlNode item)
    {
        if (item is YamlScalar scalar)
        {
            Line($"- {YamlText.Inline(scalar)}");
            return;
        }

        BeginItem();
        if (item is YamlMap { Entries.Count: > 0 } map) Entries(map);
        else if (item is YamlMap) Line("{}");
        else Node("items", item);

        End();
    }

    private void Line(string line)
    {
        _text.Append(' ', _beginsItem ? _indent - Step : _indent).Append(_beginsItem ? "- " : string.Empty).Append(CultureInfo.InvariantCulture, $"{line}\n");
        _beginsItem = false;
    }
}
