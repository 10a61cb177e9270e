using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>The type of a plan setting: how its value is read from YAML and the command line, written as JSON and described.</summary>
internal abstract record SettingType
{
    /// <summary>Stands for the value in help texts, such as <c>N</c>; empty for a switch.</summary>
    public abstract string Placeholder { get; }

    /// <summary>Describes the value in the documentation.</summary>
    public abstract string Description { get; }

    /// <summary>True when an option may be repeated.</summary>
    public virtual bool IsList => false;

    /// <summary>The allowed values; empty if it is not an enumeration.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Reads the value under a key; null if absent or invalid, which is reported to the form.</summary>
    /// <param name="form">The mapping.</param>
    /// <param name="folder">The folder to which paths are relative.</param>
    public abstract object? Read(YamlForm form, string key, string folder);

    /// <summary>Reads the value of an option.</summary>
    /// <param name="option">Name of the option, for messages.</param>
    /// <exception cref="FormatException">The words are no such value; the message says what is expected.</exception>
    public abstract object Parse(string option, IReadOnlyList<string> words);

    /// <summary>Writes the value as JSON in the form used in plan files.</summary>
    public abstract void Write(Utf8JsonWriter json, object value);

    /// <summary>Writes the members of a JSON Schema for the value.</summary>
    public abstract void WriteSchema(Utf8JsonWriter json);

    /// <summary>Refuses an empty text, as of a script whose variable was never set.</summary>
    protected void RefuseEmpty(string option, IReadOnlyList<string> words)
    {
        if (words.Any(word => word.AsSpan().Trim(" ,").IsEmpty)) throw new FormatException($"{option} needs a value, found an empty text: {option} {Placeholder}.");
    }

    /// <summary>Says that an option was given a word that is not in its list.</summary>
    /// <param name="last">The last of the words, or what stands for it.</param>
    protected static FormatException NotInList(string option, string word, IReadOnlyList<string> all, string last) =>
        new($"{option} takes {(all.Count == 1 ? last : $"{string.Join(", ", all.SkipLast(1))} or {last}")}, found '{word}'.{(NearestName.Hint(word, all) is { } hint ? $" {hint}" : string.Empty)}");

    /// <summary>The names in the arguments of a list option, each of which may be comma-separated.</summary>
    protected static IEnumerable<string> Parts(IReadOnlyList<string> words) => words.SelectMany(word => word.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The pairs <c>NAME=VALUE</c> of a list option.</summary>
    /// <param name="read">Reads a value; null when it cannot be read.</param>
    protected List<T> Pairs<T>(string option, IReadOnlyList<string> words, Func<string, string, T?> read)
        where T : class
    {
        List<T> pairs = [];
        RefuseEmpty(option, words);
        foreach (var pair in Parts(words))
            pairs.Add(pair.Split('=') is [{ Length: > 0 } name, var value] && read(name, value) is { } one ? one : throw new FormatException($"{option} takes {Placeholder}, found '{pair}'."));

        return pairs;
    }

    /// <summary>Writes pairs as an object; of several with one name the last wins.</summary>
    protected static void WriteLast<T>(Utf8JsonWriter json, object pairs, Func<T, string> name, Action<T> write) => json.Object(() =>
    {
        foreach (var last in ((IReadOnlyList<T>)pairs).GroupBy(name, StringComparer.Ordinal).Select(group => group.Last())) write(last);
    });

    /// <summary>A path below a folder; absolute paths are unchanged.</summary>
    protected static LocatedName Below(string folder, LocatedName path) => path with { Text = Path.Combine(folder, path.Text) };
}

/// <summary>True or false; on the command line a switch.</summary>
internal sealed record FlagType : SettingType
{
    public override string Placeholder => string.Empty;

    public override string Description => "true or false";

    public override object? Read(YamlForm form, string key, string folder) => form.TakeBoolean(key);

    public override object Parse(string option, IReadOnlyList<string> words) => true;

    public override void Write(Utf8JsonWriter json, object value) => json.WriteBooleanValue((bool)value);

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "boolean");
}

/// <summary>A whole number.</summary>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="AllowNone">True to allow <c>none</c> for no limit.</param>
internal sealed record NumberType(long Min, long Max, bool AllowNone = false) : SettingType
{
    private const string None = "none";

    public override string Placeholder => AllowNone ? "N|none" : "N";

    public override string Description => Range + (AllowNone ? ", or none" : string.Empty);

    private string Range => Min == long.MinValue ? "a whole number"
        : Max == long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} on")
        : string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} to {Max}");

    public override object? Read(YamlForm form, string key, string folder)
    {
        if (AllowNone && form.Take(key) is YamlScalar { Text: None }) return new RowLimit(null);

        return form.TakeInteger(key, Min, Max) is { } number ? Boxed(number) : null;
    }

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        var text = words[0];
        if (AllowNone && text == None) return new RowLimit(null);

        if (long.TryParse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= Min && number <= Max)
            return Boxed(number);

        var isLarge = Min == long.MinValue && text.TrimStart('-').All(char.IsAsciiDigit);
        throw new FormatException($"{option} takes {Description}{(isLarge ? " from -2^63 to 2^63-1" : string.Empty)}, found '{text}'.");
    }

    public override void Write(Utf8JsonWriter json, object value)
    {
        if (value is RowLimit { Rows: null }) json.WriteStringValue(None);
        else json.WriteNumberValue(value is RowLimit limit ? limit.Rows!.Value : (long)value); // a limit without rows was written above
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        if (AllowNone) JsonSchema.AnyOf(json, WriteRange, none => none.Put("const", None));
        else WriteRange(json);
    }

    private void WriteRange(Utf8JsonWriter json)
    {
        json.WriteString("type", "integer");
        if (Min > long.MinValue) json.WriteNumber("minimum", Min);
        if (Max < long.MaxValue) json.WriteNumber("maximum", Max);
    }

    private object Boxed(long number) => AllowNone ? new RowLimit(number) : number;
}

/// <summary>A number of bytes; on the command line with k, M, G or T for powers of 1024.</summary>
/// <param name="Max">Largest value.</param>
/// <param name="Min">Smallest value in a plan file.</param>
internal sealed record BytesType(long Max = long.MaxValue, long Min = 1) : SettingType
{
    private const string Suffixes = "kMGT";

    public override string Placeholder => "BYTES";

    public override string Description => $"a number of bytes{(Max == long.MaxValue ? string.Empty : $" up to {Short(Max)}")}";

    public override object? Read(YamlForm form, string key, string folder) => form.TakeInteger(key, Min, Max);

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        if (TryParse(words[0], out var bytes) && bytes <= Max) return Math.Max(Min, bytes);

        throw new FormatException($"{option} takes a number of bytes such as 500M{(Max == long.MaxValue ? string.Empty : $" up to {Short(Max)}")}, found '{words[0]}'.");
    }

    public override void Write(Utf8JsonWriter json, object value) => json.WriteNumberValue((long)value);

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "integer");
        json.WriteNumber("minimum", Min);
        if (Max < long.MaxValue) json.WriteNumber("maximum", Max);
    }

    /// <summary>Reads <c>500M</c>, <c>1G</c>, <c>4096</c>; k, M, G and T are powers of 1024, in either case. At least one byte.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var digits = text.EndsWith('B') || text.EndsWith('b') ? text[..^1] : text;
        var power = digits.Length == 0 ? -1 : Suffixes.IndexOf(digits[^1..], StringComparison.OrdinalIgnoreCase);
        var unit = power < 0 ? 1L : 1L << (10 * (power + 1));
        bytes = 0;
        if (!long.TryParse(power < 0 ? digits : digits[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > long.MaxValue / unit)
            return false;

        bytes = number * unit;
        return true;
    }

    /// <summary>A power of 1024 in the form that <see cref="TryParse"/> reads.</summary>
    public static string Short(long bytes)
    {
        var power = 0;
        for (; power < Suffixes.Length && bytes % 1024 == 0; power++) bytes /= 1024;

        return power == 0 ? bytes.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{bytes}{Suffixes[power - 1]}");
    }
}

/// <summary>A name.</summary>
/// <param name="Name">Stands for it in help texts.</param>
/// <param name="IsPath">True for a path, which a plan file may write relative to its own folder.</param>
internal sealed record NameType(string Name, bool IsPath = false) : SettingType
{
    public override string Placeholder => Name;

    public override string Description => IsPath ? "a path, relative to the plan file" : "a name";

    public override object? Read(YamlForm form, string key, string folder) =>
        form.TakeScalar(key) is not { } scalar ? null
        : IsPath ? Below(folder, new LocatedName(scalar.Text, scalar.Span))
        : new LocatedName(scalar.Text, scalar.Span);

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        RefuseEmpty(option, words);
        return new LocatedName(words[0]);
    }

    public override void Write(Utf8JsonWriter json, object value) => json.WriteStringValue(((LocatedName)value).Text);

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "string");
}

/// <summary>A list of names; on the command line separated by commas, or by repeating the option.</summary>
/// <param name="Name">Stands for one of them in help texts.</param>
/// <param name="IsPath">Which of them are paths, which a plan file may write relative to its own folder; null for none.</param>
internal sealed record NamesType(string Name, Predicate<string>? IsPath = null) : SettingType
{
    public override string Placeholder => Name;

    public override string Description => "a name or a list of names";

    public override bool IsList => true;

    public override object? Read(YamlForm form, string key, string folder)
    {
        var names = form.TakeScalars(key).Select(scalar => new LocatedName(scalar.Text, scalar.Span));
        List<LocatedName> read = [.. names.Select(name => IsPath?.Invoke(name.Text) == true ? Below(folder, name) : name)];
        return read.Count == 0 ? null : read;
    }

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        RefuseEmpty(option, words);
        return Parts(words).Select(name => new LocatedName(name)).ToList();
    }

    public override void Write(Utf8JsonWriter json, object value) => json.List((IReadOnlyList<LocatedName>)value, name => json.WriteStringValue(name.Text));

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.OneOrMore(json, JsonSchema.Text);
}

/// <summary>A layout for each of some tasks; on the command line <c>TASK=NAME</c>.</summary>
internal sealed record LayoutsType : SettingType
{
    public override string Placeholder => "TASK=NAME";

    public override string Description => "a mapping of tasks to layouts";

    public override bool IsList => true;

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<ChosenLayout> layouts = [];
        foreach (var entry in form.TakeMap(key)?.Entries ?? [])
        {
            if (entry.Value is YamlScalar { IsNull: false } layout)
                layouts.Add(new ChosenLayout(new LocatedName(entry.Key.Text, entry.Key.Span), new LocatedName(layout.Text, layout.Span)));
            else
                form.Error(YamlCodes.WrongType, $"'{key}' has one layout for each task, found {entry.Value.Noun} for '{entry.Key.Text}'.", entry.Key.Span);
        }

        return layouts.Count == 0 ? null : layouts;
    }

    public override object Parse(string option, IReadOnlyList<string> words) =>
        Pairs(option, words, (task, layout) => layout.Length > 0 ? new ChosenLayout(task, layout) : null);

    public override void Write(Utf8JsonWriter json, object value) => WriteLast<ChosenLayout>(json, value, chosen => chosen.Task.Text, chosen => json.WriteString(chosen.Task.Text, chosen.Layout.Text));

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.MapOf(json, JsonSchema.Text);
}

/// <summary>A limit on rows.</summary>
/// <param name="Rows">The limit, or null for none.</param>
internal readonly record struct RowLimit(long? Rows);
