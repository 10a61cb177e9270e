using System.Numerics;
using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>One value of the template language, with Python's distinctions: integers of any size, distinct floats and booleans, text as code points (kept as
/// UTF-8), lists, tuples, mappings in insertion order. A text may be a slice of the row's buffer; such a value is valid as long as the row.</summary>
public readonly struct Value
{
    internal const byte SafeText = 1;
    private const byte MissingFlag = 0xff;

    private readonly object? _reference;
    private readonly long _bits;
    private readonly ValueKind _kind;
    private readonly byte _flags;

    private Value(ValueKind kind, object? reference, long bits, byte flags = 0)
    {
        _reference = reference;
        _bits = bits;
        _kind = kind;
        _flags = flags;
    }

    /// <summary>The undefined value.</summary>
    public static Value Undefined => default;

    /// <summary>None, JSON's null.</summary>
    public static Value None => new(ValueKind.None, null, 0);

    /// <summary>True.</summary>
    public static Value True => new(ValueKind.Boolean, null, 1);

    /// <summary>False.</summary>
    public static Value False => new(ValueKind.Boolean, null, 0);

    /// <summary>The empty text.</summary>
    public static Value EmptyText => new(ValueKind.Text, Array.Empty<byte>(), 0);

    /// <summary>The type.</summary>
    public ValueKind Kind => _kind;

    /// <summary>True for undefined.</summary>
    public bool IsUndefined => _kind == ValueKind.Undefined;

    /// <summary>True for none.</summary>
    public bool IsNone => _kind == ValueKind.None;

    /// <summary>Python's truth: zero, none, undefined and everything empty are false.</summary>
    public bool IsTrue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _kind == ValueKind.Boolean ? _bits != 0 : IsTrueSlow();
    }

    /// <summary>Number of code points, items or pairs; 0 for anything that has no length.</summary>
    public int Count => IsSequence ? AsList.Count : PythonTypes.Length(this) is { } length and <= int.MaxValue ? (int)length : 0;

    /// <summary>The pairs of a mapping in insertion order; none for anything else.</summary>
    public IReadOnlyList<KeyValuePair<Value, Value>> Pairs => _kind == ValueKind.Mapping ? [.. AsMap] : [];

    internal object? Reference => _reference;

    internal long Bits => _bits;

    internal byte Flags => _flags;

    /// <summary>Missing: an argument that the caller omitted, or a variable without a value yet. Never reaches a template.</summary>
    internal static Value Missing => new(ValueKind.Undefined, null, 0, MissingFlag);

    internal bool IsMissing => _kind == ValueKind.Undefined && _flags == MissingFlag;

    internal bool IsSafe => _kind == ValueKind.Text && (_flags & SafeText) != 0;

    internal bool IsSmallInteger => _kind == ValueKind.Integer && _reference is null;

    internal bool IsText => _kind == ValueKind.Text;

    /// <summary>True for values that no template can change.</summary>
    internal bool IsFrozen => _kind is ValueKind.None or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float or ValueKind.Text;

    internal bool IsSequence => _kind is ValueKind.List or ValueKind.Tuple;

    internal double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    internal ValueList AsList => Unsafe.As<ValueList>(_reference!); // lists and tuples always hold one

    internal ValueMap AsMap => Unsafe.As<ValueMap>(_reference!); // mappings always hold one

    internal ObjectValue AsObject => Unsafe.As<ObjectValue>(_reference!); // kind Other always holds one

    internal UndefinedInfo? UndefinedInfo => _reference as UndefinedInfo;

    internal UndefinedPolicy Policy => _flags == MissingFlag ? UndefinedPolicy.Lenient : (UndefinedPolicy)_flags;

    internal ReadOnlySpan<byte> TextSpan
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Unsafe.As<byte[]>(_reference), (int)(_bits >> 32), (int)_bits);
    }

    internal int TextOffset => (int)(_bits >> 32);

    internal int TextLength => (int)_bits;

    /// <summary>Item of a list or tuple; undefined outside.</summary>
    public Value this[int index] => IsSequence && (uint)index < (uint)AsList.Count ? AsList[index] : Undefined;

    /// <summary>An integer.</summary>
    public static Value From(long value) => new(ValueKind.Integer, null, value);

    /// <summary>An integer of any size.</summary>
    public static Value From(BigInteger value) => value >= long.MinValue && value <= long.MaxValue
        ? new(ValueKind.Integer, null, (long)value)
        : new(ValueKind.Integer, value, 0);

    /// <summary>A float.</summary>
    public static Value From(double value) => new(ValueKind.Float, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A boolean.</summary>
    public static Value From(bool value) => new(ValueKind.Boolean, null, value ? 1 : 0);

    /// <summary>A text. A lone surrogate becomes U+FFFD.</summary>
    public static Value From(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return FromOwned(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>A list.</summary>
    public static Value FromList(IEnumerable<Value> items) => From(new ValueList(items));

    /// <summary>A mapping with text keys, in the given order; the last of equal keys wins.</summary>
    public static Value FromPairs(IEnumerable<KeyValuePair<string, Value>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var map = new ValueMap();
        foreach (var (key, value) in pairs) map.Set(From(key), value);
        return From(map);
    }

    /// <summary>A text from plain UTF-8; the bytes are copied.</summary>
    public static Value FromUtf8(ReadOnlySpan<byte> plain) => FromOwned(plain.ToArray());

    /// <summary>The value of a cell. Text is a slice of the buffer where its form allows.</summary>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">The cell's JSON or number cannot be read.</exception>
    public static Value FromCell(byte[] buffer, Cell cell)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return cell.Kind == CellKind.Json ? JsonValueReader.ReadPublic(buffer, cell.Offset, cell.Length) : CellReader.Read(buffer, cell);
    }

    /// <summary>Reads one JSON value. 3 and 3.0 stay distinct, integers have any size, keys keep their order; of equal keys the last wins.</summary>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">The text is not one JSON value.</exception>
    public static Value FromJson(ReadOnlySpan<byte> json)
    {
        var copy = json.ToArray();
        return JsonValueReader.ReadPublic(copy, 0, copy.Length);
    }

    /// <summary>Python's <c>==</c>.</summary>
    public static bool PythonEquals(Value a, Value b) => Comparison.AreEqual(null, a, b);

    /// <summary>The integer, when it is one (not a boolean) and fits.</summary>
    public bool TryGetInteger(out long value)
    {
        value = _bits;
        return IsSmallInteger;
    }

    /// <summary>The number, for an integer or a float.</summary>
    public bool TryGetNumber(out double value)
    {
        value = _kind switch
        {
            ValueKind.Float => AsDouble,
            ValueKind.Integer => _reference is BigInteger big ? Arithmetic.Nearest(big) : _bits,
            _ => 0,
        };
        return _kind is ValueKind.Float or ValueKind.Integer;
    }

    /// <summary>The text as plain UTF-8, when it is one. Valid as long as the value.</summary>
    public bool TryGetText(out ReadOnlySpan<byte> utf8)
    {
        utf8 = _kind == ValueKind.Text ? TextSpan : default;
        return _kind == ValueKind.Text;
    }

    /// <summary>The value of a text key of a mapping.</summary>
    public bool TryGetItem(string key, out Value value)
    {
        value = default;
        return _kind == ValueKind.Mapping && AsMap.TryGet(From(key), out value);
    }

    /// <summary>Appends Python's <c>str()</c>.</summary>
    public void AppendText(Utf8Output output)
    {
        ArgumentNullException.ThrowIfNull(output);
        PythonPrinter.AppendStr(this, output);
    }

    /// <summary>Appends the value as compact JSON in insertion order. Tuples become arrays; undefined becomes null.</summary>
    public void AppendJson(Utf8Output output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonPrinter.AppendCompact(this, output);
    }

    /// <summary>Python's <c>str()</c>.</summary>
    public override string ToString()
    {
        var output = new Utf8Output(64);
        PythonPrinter.AppendStr(this, output);
        return Encoding.UTF8.GetString(output.Written);
    }

    internal static Value From(ValueList list) => new(ValueKind.List, list, 0);

    internal static Value FromTuple(ValueList items) => new(ValueKind.Tuple, items, 0);

    internal static Value FromTuple(params ReadOnlySpan<Value> items) => new(ValueKind.Tuple, new ValueList(items), 0);

    internal static Value From(ValueMap map) => new(ValueKind.Mapping, map, 0);

    internal static Value From(ObjectValue value) => new(ValueKind.Other, value, 0);

    internal static Value FromOwned(byte[] text) => new(ValueKind.Text, text, text.Length);

    internal static Value FromSlice(byte[] buffer, int offset, int length) => new(ValueKind.Text, buffer, ((long)offset << 32) | (uint)length);

    internal static Value UndefinedBecause(UndefinedInfo info, UndefinedPolicy policy) => new(ValueKind.Undefined, info, 0, (byte)policy);

    /// <summary>A part of this text, by bytes.</summary>
    internal Value Slice(int offset, int length) => new(ValueKind.Text, _reference, ((long)(TextOffset + offset) << 32) | (uint)length, _flags);

    internal Value AsPlain() => new(_kind, _reference, _bits);

    internal Value AsSafe() => new(_kind, _reference, _bits, SafeText);

    internal BigInteger ToBigInteger() => _reference is BigInteger big ? big : _bits;

    internal TemplateError UndefinedError() => (UndefinedInfo ?? UndefinedInfo.ForMessage("the value is undefined")).ToError();

    /// <summary>The error of a value of the wrong type; an undefined one has its own.</summary>
    internal TemplateError WrongType(string message) => IsUndefined ? UndefinedError() : TemplateError.Type(message);

    /// <summary>Fails for an undefined that strictness forbids to use.</summary>
    internal void RequireLenient()
    {
        if (_kind == ValueKind.Undefined && Policy == UndefinedPolicy.Strict) throw UndefinedError();
    }

    private bool IsTrueSlow()
    {
        switch (_kind)
        {
            case ValueKind.Undefined: RequireLenient(); return false;
            case ValueKind.None: return false;
            case ValueKind.Integer: return _reference is not null || _bits != 0;
            case ValueKind.Float: return AsDouble != 0;
            case ValueKind.Text: return TextLength != 0;
            case ValueKind.List or ValueKind.Tuple: return AsList.Count != 0;
            case ValueKind.Mapping: return AsMap.Count != 0;
            default: return AsObject.IsTrue;
        }
    }
}

/// <summary>The types that a template can distinguish.</summary>
public enum ValueKind : byte
{
    /// <summary>Undefined.</summary>
    Undefined,

    /// <summary>None, JSON's null.</summary>
    None,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer of any size.</summary>
    Integer,

    /// <summary>A 64-bit binary floating-point number.</summary>
    Float,

    /// <summary>Text, a sequence of code points.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A mapping, in insertion order.</summary>
    Mapping,

    /// <summary>Anything else: ranges, views, iterators, namespaces, macros, functions.</summary>
    Other,
}
