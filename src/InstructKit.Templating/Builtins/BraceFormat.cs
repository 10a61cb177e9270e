namespace InstructKit.Templating.Builtins;

/// <summary>Python's <c>str.format</c>. Fields access values only through <see cref="Access"/>.</summary>
/// <param name="format">The text with the fields.</param>
/// <param name="arguments">The arguments of fields, by position or name.</param>
/// <param name="mapping">Used instead of arguments for <c>format_map</c>; otherwise undefined.</param>
internal ref struct BraceFormat(RenderContext context, Value format, Arguments arguments, Value mapping)
{
    private readonly Arguments _arguments = arguments;
    private int _next;
    private bool _numbered;

    public static Value Format(RenderContext context, Value format, scoped Arguments arguments, Value mapping = default)
    {
        var output = context.BeginCapture();
        new BraceFormat(context, format, arguments, mapping).Run(format.ToString(), output, 2);
        var text = context.EndCapture(output);
        return format.IsSafe ? text.AsSafe() : text;
    }

    private void Run(string source, Utf8Output output, int depth)
    {
        if (depth == 0) throw TemplateError.Value("Max string recursion exceeded");
        context.Build(source.Length);
        for (var at = 0; at < source.Length;)
        {
            var brace = source.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                output.AppendText(source[at..]);
                return;
            }

            output.AppendText(source.Substring(at, brace));
            at += brace;
            if (at + 1 < source.Length && source[at + 1] == source[at])
            {
                output.AppendText(source[at].ToString());
                at += 2;
                continue;
            }

            if (source[at] == '}') throw TemplateError.Value("Single '}' encountered in format string");
            var end = FieldEnd(source, at + 1);
            WriteField(source[(at + 1)..end], output, depth);
            output.CheckCeiling();
            at = end + 1;
        }
    }

    private static int FieldEnd(string format, int at)
    {
        var open = 1;
        for (; at < format.Length; at++)
        {
            if (format[at] == '{') open++;
            else if (format[at] == '}' && --open == 0) return at;
        }

        throw TemplateError.Value("expected '}' before end of string");
    }

    private void WriteField(string source, Utf8Output output, int depth)
    {
        var nameEnd = NameEnd(source);
        var value = Resolve(source[..nameEnd]);
        var rest = source[nameEnd..];
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2) throw TemplateError.Value("end of string while looking for conversion specifier");
            value = ConvertTo(rest[1], value);
            rest = rest[2..];
            if (rest.Length > 0 && rest[0] != ':') throw TemplateError.Value("expected ':' after conversion specifier");
        }

        var spec = rest.StartsWith(':') ? rest[1..] : string.Empty;
        if (spec.Contains('{', StringComparison.Ordinal))
        {
            var inner = context.BeginCapture();
            Run(spec, inner, depth - 1);
            spec = context.EndCapture(inner).ToString();
        }

        if (!format.IsSafe)
        {
            FieldFormat.Append(context, value, spec, output);
            return;
        }

        // MarkupSafe's formatter: every field is escaped unless it is safe itself, and a safe text accepts no specification.
        if (value.IsSafe && spec.Length > 0) throw TemplateError.Value("Unsupported format specification for Markup.");
        var field = context.BeginCapture();
        FieldFormat.Append(context, value, spec, field);
        var text = context.EndCapture(field);
        HtmlText.Append(value.IsSafe ? text.AsSafe() : text, output);
    }

    private static int NameEnd(string field)
    {
        var inBracket = false;
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '[') inBracket = true;
            else if (field[i] == ']') inBracket = false;
            else if (!inBracket && field[i] is '!' or ':') return i;
        }

        return field.Length;
    }

    private Value Resolve(string path)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        var first = end < 0 ? path : path[..end];
        var value = First(first);
        for (var at = end < 0 ? path.Length : end; at < path.Length;)
        {
            if (path[at] == '.')
            {
                var stop = path.AsSpan(at + 1).IndexOfAny('.', '[');
                var name = stop < 0 ? path[(at + 1)..] : path.Substring(at + 1, stop);
                if (name.Length == 0) throw TemplateError.Value("Empty attribute in format string");
                value = Attribute(value, name);
                at += 1 + name.Length;
                continue;
            }

            var close = path.IndexOf(']', at);
            if (path[at] != '[' || close < 0) throw TemplateError.Value("Missing ']' in format string");
            var key = path[(at + 1)..close];
            value = Item(value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? Value.From(index) : Value.From(key));
            at = close + 1;
        }

        return value;
    }

    // Outside the sandbox this is Python's own formatter: keys do not serve as attributes, and a missing one is an error.
    private readonly Value Attribute(Value value, string name)
    {
        if (context.Settings.Sandbox) return Access.Member(context, value, name, Value.From(name));
        if (value.IsUndefined) throw value.UndefinedError();
        var found = value.Kind == ValueKind.Mapping && MethodTable.Find(value.Kind, name) is null ? Value.Undefined : Access.Member(context, value, name, Value.From(name));
        return found.IsUndefined ? throw TemplateError.Type($"'{PythonTypes.Name(value)}' object has no attribute '{name}'") : found;
    }

    private readonly Value Item(Value value, Value key)
    {
        if (context.Settings.Sandbox) return Access.Item(context, value, key);
        if (value.IsUndefined) throw value.UndefinedError();
        if (value.Kind == ValueKind.Mapping) return value.AsMap.TryGet(key, out var item) ? item : throw TemplateError.Key(PythonPrinter.Repr(context, key).ToString());
        var found = key.IsText ? Value.Undefined : Access.Item(context, value, key);
        return found.IsUndefined ? throw TemplateError.Index($"a value of type '{PythonTypes.Name(value)}' has no item {PythonPrinter.Repr(context, key)}") : found;
    }

    private Value First(string name)
    {
        var isPosition = name.Length == 0 || char.IsAsciiDigit(name[0]);
        if (mapping.Kind == ValueKind.Mapping && isPosition) throw TemplateError.Value("Format string contains positional fields");
        if (mapping.Kind == ValueKind.Mapping) return mapping.AsMap.TryGet(Value.From(name), out var item) ? item : throw TemplateError.Key($"'{name}'");
        if (isPosition)
        {
            if ((name.Length == 0 && _numbered) || (name.Length > 0 && _next > 0)) throw TemplateError.Value("cannot mix manual field specification and automatic field numbering");
            _numbered |= name.Length > 0;
            var index = name.Length == 0 ? _next++ : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
            var positional = _arguments.Positional;
            return index < positional.Length ? positional[index] : throw TemplateError.Index($"Replacement index {index} out of range for positional args tuple");
        }

        return _arguments.TryGetKeyword(name, out var value) ? value : throw TemplateError.Key($"'{name}'");
    }

    private readonly Value ConvertTo(char letter, Value value)
    {
        if (letter == 's') return Coercion.Text(context, value);
        if (letter == 'a') return PythonPrinter.Ascii(context, value);
        return letter == 'r' ? PythonPrinter.Repr(context, value) : throw TemplateError.Value($"Unknown conversion specifier {letter}");
    }
}
