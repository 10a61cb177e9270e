namespace InstructKit.Yaml;

/// <summary>Codes of errors in YAML files of any kind.</summary>
public static class YamlCodes
{
    /// <summary>The file is not YAML.</summary>
    public const string YamlSyntax = "IK2001";

    /// <summary>An unknown key.</summary>
    public const string UnknownKey = "IK2002";

    /// <summary>A required key is missing.</summary>
    public const string MissingKey = "IK2003";

    /// <summary>A value of the wrong kind.</summary>
    public const string WrongType = "IK2004";

    /// <summary>The same key twice in one mapping.</summary>
    public const string DuplicateKey = "IK2005";

    /// <summary>A value outside the allowed list.</summary>
    public const string UnknownValue = "IK2006";
}
