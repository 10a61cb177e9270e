namespace InstructKit.Yaml;

/// <summary>Codes of what can be wrong with a YAML file of any kind.</summary>
public static class YamlCodes
{
    /// <summary>The file is not YAML.</summary>
    public const string YamlSyntax = "IK2001";

    /// <summary>A key that the format does not know.</summary>
    public const string UnknownKey = "IK2002";

    /// <summary>A key that has to be there is not.</summary>
    public const string MissingKey = "IK2003";

    /// <summary>A value of another kind than the format wants.</summary>
    public const string WrongType = "IK2004";

    /// <summary>The same key twice in one mapping.</summary>
    public const string DuplicateKey = "IK2005";

    /// <summary>A value outside the list of what is allowed.</summary>
    public const string UnknownValue = "IK2006";
}
